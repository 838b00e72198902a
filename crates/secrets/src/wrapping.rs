//! Wrapping of data keys: by a local key, or by an external service whose key never leaves it.

use crate::{binding, cipher, key::Key, keyring::Keyring};
use async_trait::async_trait;
use provisioning::ports::sealing::{SealError, SecretOwner};
use zeroize::Zeroizing;

/// A data key in its stored form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    pub key_id: String,
    /// Useless without that key.
    pub wrapped: Vec<u8>,
}

#[async_trait]
pub trait KeyWrapping: Send + Sync {
    /// The id of the key that wraps now.
    fn current_key(&self) -> &str;

    /// Wraps a data key of `owner` with the current key.
    async fn wrap(&self, owner: &SecretOwner, data_key: &[u8; 32])
    -> Result<WrappedKey, SealError>;

    /// Unwraps a data key, for the same `owner` only.
    async fn unwrap(
        &self,
        owner: &SecretOwner,
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, SealError>;
}

#[async_trait]
impl KeyWrapping for Keyring {
    fn current_key(&self) -> &str {
        self.current().id()
    }

    async fn wrap(
        &self,
        owner: &SecretOwner,
        data_key: &[u8; 32],
    ) -> Result<WrappedKey, SealError> {
        let key = self.current();
        let binding = binding::of_data_key(owner, key.id());
        let wrapped = cipher::seal(&wrapping_key(key), &binding, data_key)
            .map_err(|cipher::NotAuthentic| SealError::NotAuthentic)?;
        Ok(WrappedKey {
            key_id: key.id().to_owned(),
            wrapped,
        })
    }

    async fn unwrap(
        &self,
        owner: &SecretOwner,
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let key = self
            .get(&wrapped.key_id)
            .ok_or_else(|| SealError::KeyMissing(wrapped.key_id.clone()))?;
        let binding = binding::of_data_key(owner, key.id());
        let opened = cipher::open(&wrapping_key(key), &binding, &wrapped.wrapped)
            .map_err(|cipher::NotAuthentic| SealError::NotAuthentic)?;
        let data_key: &[u8; 32] = opened
            .as_slice()
            .try_into()
            .map_err(|_| SealError::NotAuthentic)?;
        Ok(Zeroizing::new(*data_key))
    }
}

fn wrapping_key(key: &Key) -> Zeroizing<[u8; 32]> {
    key.derive("hangar wrap 1")
}
