//! Wires the vault.

use crate::config::Settings;
use anyhow::{Context as _, Result};
use aws::{Sts, StsConfig};
use clouds::Clouds;
use kubernetes::TenantClusters;
use persistence::Database;
use provisioning::{
    ports::{
        cloud_credentials::{PortalIdentity, SecurityTokens},
        sealing::Sealer,
    },
    vault::{Providers, Vault},
};
use std::sync::Arc;

/// AWS STS, or the endpoint that the configuration sets.
pub fn security_tokens(settings: &Settings) -> Result<Arc<dyn SecurityTokens>> {
    let of_broker = settings
        .broker
        .as_ref()
        .and_then(|broker| broker.sts_endpoint.clone());
    let of_identity = settings.aws.as_ref().and_then(|aws| aws.endpoint.clone());
    let sts = Sts::new(StsConfig {
        endpoint: of_broker.or(of_identity),
    })
    .context("cannot create the HTTP client for AWS")?;
    Ok(Arc::new(sts))
}

/// The portal's own AWS identity.
pub fn portal_identity(settings: &Settings) -> Option<PortalIdentity> {
    settings.aws.as_ref().map(|aws| PortalIdentity {
        access_key_id: aws.access_key_id.clone(),
        secret_access_key: aws.secret_access_key.expose().into(),
        region: aws.region.clone(),
    })
}

/// The vault over `db`.
pub fn vault(settings: &Settings, db: Database, sealer: Arc<dyn Sealer>) -> Result<Vault> {
    let providers = Providers {
        tokens: security_tokens(settings)?,
        clusters: Arc::new(TenantClusters::new(settings.outgoing.clone())),
        clouds: Arc::new(Clouds::new(None).context("cannot create the HTTP client for clouds")?),
        portal_identity: portal_identity(settings),
    };
    Ok(Vault::new(db, sealer, providers))
}
