//! The vault put together, and what lay in the data directory before there was one.

use crate::config::Settings;
use anyhow::{Context as _, Result};
use aws::{Sts, StsConfig};
use domain::{ids::EnvironmentId, tenancy::Tenant};
use kubernetes::TenantClusters;
use persistence::Database;
use provisioning::{
    error::causes,
    ports::{
        cloud_credentials::{CredentialError, PortalIdentity, SecurityTokens},
        sealing::Sealer,
        stores::{Store, TenantStore as _},
    },
    vault::{EarlierCredential, Providers, Vault},
};
use secrets::{EarlierCredentials, EarlierFile};
use std::sync::Arc;

/// AWS STS, where the configuration has it.
///
/// # Errors
/// If the machine's certificates cannot be read.
pub fn security_tokens(settings: &Settings) -> Result<Arc<dyn SecurityTokens>> {
    let of_broker = settings
        .broker
        .as_ref()
        .and_then(|broker| broker.sts_endpoint.clone());
    let of_identity = settings.aws.as_ref().and_then(|aws| aws.endpoint.clone());
    let sts = Sts::new(StsConfig {
        endpoint: of_broker.or(of_identity),
    })
    .context("no HTTP client for AWS")?;
    Ok(Arc::new(sts))
}

/// Whom AWS knows the portal as.
pub fn portal_identity(settings: &Settings) -> Option<PortalIdentity> {
    settings.aws.as_ref().map(|aws| PortalIdentity {
        access_key_id: aws.access_key_id.clone(),
        secret_access_key: aws.secret_access_key.expose().into(),
        region: aws.region.clone(),
    })
}

/// The vault over `store`.
///
/// # Errors
/// As [`security_tokens`].
pub fn vault(settings: &Settings, store: Arc<dyn Store>, sealer: Arc<dyn Sealer>) -> Result<Vault> {
    let providers = Providers {
        tokens: security_tokens(settings)?,
        clusters: Arc::new(TenantClusters::new(settings.outgoing.clone())),
        portal_identity: portal_identity(settings),
    };
    Ok(Vault::new(store, sealer, providers))
}

/// Takes over what `hangar credentials` wrote into the data directory before there was a vault. The row comes first, then
/// the file goes: whoever is interrupted between does it again, which changes nothing.
///
/// # Errors
/// If a credential does not open or cannot be stored: its file stays.
pub async fn take_over(
    settings: &Settings,
    database: &Database,
    vault: &Vault,
    sealer: Arc<dyn Sealer>,
) -> Result<()> {
    let files = EarlierCredentials::new(settings.data_dir.join("credentials"), sealer);
    let found = files.list().map_err(said)?;
    if found.is_empty() {
        return Ok(());
    }
    let tenants = database
        .tenants()
        .await
        .context("the tenants cannot be read")?;
    for file in found {
        let place = place(&tenants, &file);
        let Some(environment) = place else {
            tracing::warn!(
                path = %file.path.display(),
                "a credential from before the vault is of a tenant or environment that is not there; it stays in its file"
            );
            continue;
        };
        let earlier = EarlierCredential {
            id: file.id,
            tenant_id: file.tenant,
            environment,
            keys: files.open(&file).await.map_err(said)?,
            stored_at: file.stored_at,
        };
        vault.take_over(earlier).await.map_err(said)?;
        files.remove(&file).map_err(said)?;
        tracing::info!(path = %file.path.display(), "a credential was taken over into the vault");
    }
    Ok(())
}

/// The environment of a file, if its tenant and environment are there.
fn place(tenants: &[Tenant], file: &EarlierFile) -> Option<Option<(EnvironmentId, String)>> {
    let tenant = tenants.iter().find(|one| one.tenant.id == file.tenant)?;
    let Some(id) = file.environment else {
        return Some(None);
    };
    let environment = tenant.environments.iter().find(|one| one.id == id)?;
    Some(Some((id, environment.slug.clone())))
}

fn said(error: CredentialError) -> anyhow::Error {
    anyhow::anyhow!(causes(&error))
}
