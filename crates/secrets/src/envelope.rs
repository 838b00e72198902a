//! Envelope encryption: a new data key for each secret, wrapped by the key-encryption key.

use crate::{
    binding,
    cipher::{self, NotAuthentic},
    wrapping::{KeyWrapping, WrappedKey},
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use provisioning::ports::sealing::{SealError, Sealed, Sealer, SecretOwner};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// Encrypts with XChaCha20-Poly1305, bound to tenant, table, row and column.
#[derive(Clone)]
pub struct Envelope {
    keys: Arc<dyn KeyWrapping>,
}

impl Envelope {
    /// `keys` wrap the data keys.
    pub fn new(keys: Arc<dyn KeyWrapping>) -> Self {
        Self { keys }
    }
}

#[async_trait]
impl Sealer for Envelope {
    async fn seal(&self, owner: &SecretOwner, secret: &SecretString) -> Result<Sealed, SealError> {
        let data_key = cipher::fresh_key();
        let text = secret.expose_secret().as_bytes();
        let ciphertext = cipher::seal(&data_key, &binding::of_secret(owner), text)
            .map_err(|NotAuthentic| SealError::NotAuthentic)?;
        let wrapped = self.keys.wrap(owner, &data_key).await?;
        Ok(Sealed {
            key_id: wrapped.key_id,
            wrapped_key: STANDARD.encode(wrapped.wrapped),
            ciphertext: STANDARD.encode(ciphertext),
        })
    }

    async fn open(&self, owner: &SecretOwner, sealed: &Sealed) -> Result<SecretString, SealError> {
        let ciphertext = decoded(&sealed.ciphertext)?;
        let data_key = self.keys.unwrap(owner, &wrapped_key(sealed)?).await?;
        let text = cipher::open(&data_key, &binding::of_secret(owner), &ciphertext)
            .map_err(|NotAuthentic| SealError::NotAuthentic)?;
        let text = std::str::from_utf8(&text).map_err(|_| SealError::NotAuthentic)?;
        Ok(SecretString::from(text))
    }

    async fn rewrap(&self, owner: &SecretOwner, sealed: &Sealed) -> Result<Sealed, SealError> {
        let ciphertext = decoded(&sealed.ciphertext)?;
        let data_key = self.keys.unwrap(owner, &wrapped_key(sealed)?).await?;
        // Otherwise a data key that does not decrypt its secret would be noticed only when it is needed.
        cipher::open(&data_key, &binding::of_secret(owner), &ciphertext)
            .map_err(|NotAuthentic| SealError::NotAuthentic)?;
        let wrapped = self.keys.wrap(owner, &data_key).await?;
        Ok(Sealed {
            key_id: wrapped.key_id,
            wrapped_key: STANDARD.encode(wrapped.wrapped),
            ciphertext: sealed.ciphertext.clone(),
        })
    }

    fn current_key(&self) -> &str {
        self.keys.current_key()
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, SealError> {
    STANDARD.decode(text).map_err(|_| SealError::NotAuthentic)
}

fn wrapped_key(sealed: &Sealed) -> Result<WrappedKey, SealError> {
    Ok(WrappedKey {
        key_id: sealed.key_id.clone(),
        wrapped: decoded(&sealed.wrapped_key)?,
    })
}
