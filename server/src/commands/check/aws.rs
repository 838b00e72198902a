//! Checks the portal's own AWS identity and the user pools.

use super::{Finding, message_of};
use crate::{config::Settings, user_pools, vault};
use domain::user_pool::PoolQuery;
use provisioning::ports::cloud_credentials::{AwsKeys, PortalIdentity};

/// The session name that CloudTrail shows.
const SESSION: &str = "hangar-check";

/// The identity and each pool; empty without an identity.
pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let Some(portal) = vault::portal_identity(settings) else {
        return Vec::new();
    };
    let mut findings = vec![identity(settings, portal).await];
    match user_pools::pools(settings) {
        Ok(pools) => {
            for known in pools {
                let what = format!("user pool {}", known.pool.pool_id);
                let listed = known.users.users(&PoolQuery::default()).await;
                findings.push(Finding::new(
                    what,
                    listed.map_err(|error| message_of(&error)),
                ));
            }
        }
        Err(error) => findings.push(Finding::missing("user pools", format!("{error:#}"))),
    }
    findings
}

async fn identity(settings: &Settings, portal: PortalIdentity) -> Finding {
    let what = format!("AWS identity ({})", portal.access_key_id);
    let keys = AwsKeys {
        access_key_id: portal.access_key_id,
        secret_access_key: portal.secret_access_key,
        region: portal.region,
        role: None,
    };
    let sts = match vault::security_tokens(settings) {
        Ok(sts) => sts,
        Err(error) => return Finding::missing(what, format!("{error:#}")),
    };
    match sts.identity(&keys, SESSION).await {
        Ok(found) => {
            let identity = found.identity.unwrap_or_default();
            Finding::new(format!("{what}: {identity}"), Ok::<(), String>(()))
        }
        Err(error) => Finding::missing(what, error.message),
    }
}
