//! The keys under which secrets rest.

use crate::{
    config::{Secret, Settings},
    vault,
};
use anyhow::{Context as _, Result};
use aws::{KeyArn, KmsConfig, KmsKey, http_client::ReqwestClient};
use persistence::Database;
use provisioning::ports::sealing::{KeyService, SealError, Sealer, SecretOwner};
use secrets::{Envelope, Key, KeyDirectory, Keyring, Keys};
use std::sync::Arc;

/// The keys of the configuration and of the data directory.
///
/// # Errors
/// If one is lost under which something was sealed: says which.
pub fn keyring(settings: &Settings) -> Result<Arc<Keyring>> {
    // The configuration has checked that each is a key.
    let read = |text: &Secret| Key::from_text(text.expose());
    let current = settings.keys.current.as_ref().and_then(read);
    let old = settings.keys.old.iter().filter_map(read).collect();
    Ok(Arc::new(directory(settings).open(current, old)?))
}

/// Where the portal keeps keys of its own.
pub fn directory(settings: &Settings) -> KeyDirectory {
    KeyDirectory::new(settings.data_dir.join("keys"))
}

/// The keys of [`keyring`] together with those in AWS KMS.
///
/// # Errors
/// If the machine's certificates cannot be read.
pub fn keys(settings: &Settings, keyring: &Arc<Keyring>) -> Result<Arc<Keys>> {
    let http = ReqwestClient::new().context("no HTTP client for AWS")?;
    // The configuration has checked that there is an identity where there are keys.
    let service = |arn: &KeyArn| -> Option<Arc<dyn KeyService>> {
        let config = KmsConfig {
            arn: arn.clone(),
            identity: vault::portal_identity(settings)?,
            endpoint: settings.aws.as_ref()?.endpoint.clone(),
        };
        Some(Arc::new(KmsKey::new(config, http.clone())))
    };
    let current = settings.keys.kms.as_ref().and_then(service);
    let old = settings.keys.old_kms.iter().filter_map(service).collect();
    Ok(Arc::new(Keys::new(
        keyring.clone(),
        directory(settings),
        current,
        old,
    )))
}

/// What seals secrets before they are stored.
pub fn sealer(keys: &Arc<Keys>) -> Arc<dyn Sealer> {
    Arc::new(Envelope::new(keys.clone()))
}

/// Makes sure that what the database holds opens with these keys, and that the one that seals does seal.
///
/// # Errors
/// Names the key that is needed, or what is wrong with the one that seals.
pub async fn open_everything(keys: &Keys, sealer: &dyn Sealer, database: &Database) -> Result<()> {
    every_secret_has_its_key(keys, database).await?;
    tried(sealer).await
}

/// Makes sure that there is a key for each of the database's secrets. The data directory alone cannot tell: it may be a
/// new one beside an old database.
///
/// # Errors
/// Names the key that is needed.
pub async fn every_secret_has_its_key(keys: &Keys, database: &Database) -> Result<()> {
    let uses = database
        .sealed_rows()
        .keys_in_use()
        .await
        .context("the sealed secrets cannot be read")?;
    for found in uses {
        let mut what = format!("{} {}", found.kind.words(), found.example);
        if found.count > 1 {
            what.push_str(&format!(" (and {} more)", found.count - 1));
        }
        keys.require(&found.key_id, &what)?;
    }
    Ok(())
}

/// Makes sure that the key that seals does seal; one that cannot be reached is only warned of.
///
/// # Errors
/// Says what is wrong with it.
pub async fn tried(sealer: &dyn Sealer) -> Result<()> {
    match seals(sealer).await {
        Err(error) if error.may_pass() => {
            tracing::warn!(%error, "the key that seals cannot be tried at the moment");
            Ok(())
        }
        outcome => outcome.context("the key that seals cannot be used"),
    }
}

/// Seals something and opens it again.
///
/// # Errors
/// Says why that does not work.
pub async fn seals(sealer: &dyn Sealer) -> Result<(), SealError> {
    let owner = SecretOwner {
        tenant_id: uuid::Uuid::nil().into(),
        place: "trial".to_owned(),
    };
    let sealed = sealer.seal(&owner, &"trial".to_owned().into()).await?;
    sealer.open(&owner, &sealed).await.map(drop)
}
