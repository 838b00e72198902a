//! The keys under which secrets rest.

use crate::config::{Secret, Settings};
use anyhow::{Context as _, Result};
use provisioning::ports::{credential_stores::SealedRows, sealing::Sealer};
use secrets::{Envelope, Key, KeyDirectory, Keyring};
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
    let directory = KeyDirectory::new(settings.data_dir.join("keys"));
    Ok(Arc::new(directory.open(current, old)?))
}

/// What seals secrets before they are stored.
pub fn sealer(keyring: &Arc<Keyring>) -> Arc<dyn Sealer> {
    Arc::new(Envelope::new(keyring.clone()))
}

/// Makes sure that what the database holds opens with these keys. The data directory alone cannot tell: it may be a new
/// one beside an old database.
///
/// # Errors
/// Names the key that is needed.
pub async fn open_everything(keyring: &Keyring, store: &dyn SealedRows) -> Result<()> {
    let uses = store
        .keys_in_use()
        .await
        .context("the sealed secrets cannot be read")?;
    for found in uses {
        let mut what = format!("{} {}", found.kind.words(), found.example);
        if found.count > 1 {
            what.push_str(&format!(" (and {} more)", found.count - 1));
        }
        keyring.require(&found.key_id, &what)?;
    }
    Ok(())
}
