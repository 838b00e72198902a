//! The key-encryption keys.

use crate::{
    config::{Secret, Settings},
    vault,
};
use anyhow::{Context as _, Result};
use aws::{KeyArn, KmsConfig, KmsKey, http_client::ReqwestClient};
use persistence::{Database, HeadKey, HeadKeys};
use provisioning::ports::sealing::{KeyService, SealError, Sealer, SecretOwner};
use secrets::{Envelope, Key, KeyDirectory, Keyring, Keys};
use std::sync::Arc;

/// The keys of the configuration and of the data directory. Fails if a key is missing that protects a stored secret.
pub fn keyring(settings: &Settings) -> Result<Arc<Keyring>> {
    // The configuration has validated each key.
    let read = |text: &Secret| Key::from_text(text.expose());
    let current = settings.keys.current.as_ref().and_then(read);
    let old = settings.keys.old.iter().filter_map(read).collect();
    Ok(Arc::new(directory(settings).open(current, old)?))
}

/// The folder in which the portal keeps its own keys.
pub fn directory(settings: &Settings) -> KeyDirectory {
    KeyDirectory::new(settings.data_dir.join("keys"))
}

/// The keys of [`keyring`] together with those in AWS KMS.
pub fn keys(settings: &Settings, keyring: &Arc<Keyring>) -> Result<Arc<Keys>> {
    let http = ReqwestClient::new().context("cannot create the HTTP client for AWS")?;
    // The configuration has checked that keys in KMS come with an AWS identity.
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

/// The keys that sign the heads of the audit log. They are derived from the local keys, also if a key in AWS KMS
/// encrypts secrets.
pub fn head_keys(directory: KeyDirectory, keyring: &Arc<Keyring>) -> Arc<dyn HeadKeys> {
    Arc::new(DerivedHeadKeys {
        keyring: keyring.clone(),
        directory,
    })
}

struct DerivedHeadKeys {
    keyring: Arc<Keyring>,
    /// Searched for keys that were added since the keyring was read, as [`Keys`] does.
    directory: KeyDirectory,
}

impl HeadKeys for DerivedHeadKeys {
    fn current(&self) -> &str {
        self.keyring.current().id()
    }

    fn get(&self, id: &str) -> Option<HeadKey> {
        let derive = |key: &Key| key.derive("hangar audit head 1");
        self.keyring.get(id).map(derive).or_else(|| {
            let added = self.directory.find(id).unwrap_or_else(|error| {
                tracing::warn!(%error, "cannot read the keys of the data directory");
                None
            });
            added.as_ref().map(derive)
        })
    }
}

/// Opens the database of the configuration with the keys of its audit log.
pub async fn open_database(settings: &Settings, keyring: &Arc<Keyring>) -> Result<Database> {
    let head_keys = head_keys(directory(settings), keyring);
    Ok(Database::open(settings.database.expose(), Some(head_keys)).await?)
}

/// Encrypts secrets before they are stored.
pub fn sealer(keys: &Arc<Keys>) -> Arc<dyn Sealer> {
    Arc::new(Envelope::new(keys.clone()))
}

/// Checks that these keys decrypt everything in the database, and that the current key encrypts. The error names the
/// key that is missing.
pub async fn open_everything(keys: &Keys, sealer: &dyn Sealer, database: &Database) -> Result<()> {
    every_secret_has_its_key(keys, database).await?;
    tried(sealer).await
}

/// Checks that a key exists for each secret in the database and for its audit log. The data directory alone cannot tell: it
/// may be a new one beside an old database.
pub async fn every_secret_has_its_key(keys: &Keys, database: &Database) -> Result<()> {
    let uses = database
        .sealed_rows()
        .keys_in_use()
        .await
        .context("cannot read the encrypted secrets")?;
    for found in uses {
        let mut what = format!("{} {}", found.kind.words(), found.example);
        if found.count > 1 {
            what.push_str(&format!(" (and {} more)", found.count - 1));
        }
        keys.require(&found.key_id, &what)?;
    }
    let heads = database
        .audit()
        .keys_in_use()
        .await
        .context("cannot read the keys of the audit log")?;
    for key in heads {
        keys.require(&key, "the audit log")?;
    }
    Ok(())
}

/// Checks that the current key encrypts. A key service that does not respond causes only a warning.
pub async fn tried(sealer: &dyn Sealer) -> Result<()> {
    match seals(sealer).await {
        Err(error) if error.may_pass() => {
            tracing::warn!(%error, "the current key cannot be tested at the moment");
            Ok(())
        }
        outcome => outcome.context("the current key does not work"),
    }
}

/// Encrypts and decrypts a test value.
pub async fn seals(sealer: &dyn Sealer) -> Result<(), SealError> {
    let owner = SecretOwner {
        tenant_id: uuid::Uuid::nil().into(),
        place: "trial".to_owned(),
    };
    let sealed = sealer.seal(&owner, &"trial".to_owned().into()).await?;
    sealer.open(&owner, &sealed).await.map(drop)
}
