//! The user pools of the configuration.

use crate::config::Settings;
use anyhow::Context as _;
use aws::http_client::ReqwestClient;
use cognito::{CognitoPool, PoolConfig};
use domain::user_pool::PoolRef;
use provisioning::user_pools::KnownPool;
use std::sync::Arc;

/// The user pools of providers, if the portal has an AWS identity.
pub fn pools(settings: &Settings) -> anyhow::Result<Vec<KnownPool>> {
    let Some(identity) = &settings.aws else {
        return Ok(Vec::new());
    };
    let http = ReqwestClient::new().context("cannot create the HTTP client for AWS")?;
    let providers = settings.sign_in.providers.iter();
    let pools = providers.filter_map(|provider| {
        let pool_id = provider.user_pool.as_ref()?.as_str().to_owned();
        let config = PoolConfig {
            pool_id: pool_id.clone(),
            access_key_id: identity.access_key_id.clone(),
            secret_access_key: identity.secret_access_key.expose().to_owned().into(),
            endpoint: identity.endpoint.clone(),
        };
        Some(KnownPool {
            pool: PoolRef {
                provider: provider.slug.clone(),
                title: provider.title.clone(),
                pool_id,
            },
            users: Arc::new(CognitoPool::new(config, http.clone())),
        })
    });
    Ok(pools.collect())
}
