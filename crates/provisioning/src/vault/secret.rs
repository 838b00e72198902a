//! The secret of a credential: its fields as text to be sealed, and out of it again.

use super::{Vault, shape::Fields};
use crate::{
    hex,
    ports::sealing::{SealError, Sealed, SecretOwner},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use persistence::credential_records::CredentialRecord;
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// A secret, opened.
#[derive(Serialize, Deserialize)]
pub(super) struct Secret {
    /// Random, and sealed with the fields: without it a fingerprint cannot be guessed back.
    salt: String,
    pub fields: Fields,
}

impl Drop for Secret {
    fn drop(&mut self) {
        for value in self.fields.values_mut() {
            value.zeroize();
        }
    }
}

impl Secret {
    /// With the salt of the secret `before`, so that the same secret has the same fingerprint.
    pub fn new(fields: Fields, before: Option<&Self>) -> Self {
        let salt = before.map_or_else(
            || {
                let mut salt = [0; 16];
                rand::rng().fill_bytes(&mut salt);
                STANDARD_NO_PAD.encode(salt)
            },
            |before| before.salt.clone(),
        );
        Self { salt, fields }
    }

    /// Sixteen hexadecimal digits that identify the secret.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        let parts = self.fields.iter().flat_map(|(name, value)| [name, value]);
        for part in [&self.salt].into_iter().chain(parts) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        hex(&digest.finalize()[..8])
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

impl Vault {
    pub(super) async fn seal(
        &self,
        owner: &SecretOwner,
        secret: &Secret,
    ) -> Result<Sealed, SealError> {
        // Text by text always becomes JSON.
        let text = Zeroizing::new(serde_json::to_string(secret).unwrap_or_default());
        self.sealer
            .seal(owner, &SecretString::from(text.as_str()))
            .await
    }

    pub(super) async fn open(&self, record: &CredentialRecord) -> Result<Secret, SealError> {
        let text = self.sealer.open(&record.owner(), &record.sealed).await?;
        serde_json::from_str(text.expose_secret()).map_err(|_| SealError::NotAuthentic)
    }
}
