//! Checks the key-encryption keys.

use super::Finding;
use crate::{config::Settings, keys};
use anyhow::Result;
use persistence::Database;
use provisioning::ports::sealing::Sealer;
use secrets::Keys;
use std::sync::Arc;

/// Whether the current key can encrypt, and whether a key exists for each stored secret.
pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let (keys, sealer) = match all(settings) {
        Ok(all) => all,
        Err(error) => return vec![Finding::missing("keys", format!("{error:#}"))],
    };
    let sealed = keys::seals(&*sealer).await;
    let mut findings = vec![Finding::new(
        format!("current key ({})", sealer.current_key()),
        sealed.map_err(|error| super::message_of(&error)),
    )];
    // Reported by another finding.
    if let Ok(database) = Database::open(settings.database.expose(), None).await {
        let opens = keys::every_secret_has_its_key(&keys, &database).await;
        database.close().await;
        findings.push(Finding::new(
            "keys of all stored secrets",
            opens.map_err(|error| format!("{error:#}")),
        ));
    }
    findings
}

fn all(settings: &Settings) -> Result<(Arc<Keys>, Arc<dyn Sealer>)> {
    let keys = keys::keys(settings, &keys::keyring(settings)?)?;
    let sealer = keys::sealer(&keys);
    Ok((keys, sealer))
}
