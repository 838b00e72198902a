//! Keys of an external service (AWS KMS) in addition to local ones: either can be the current key, and all of them
//! unwrap.

use crate::{
    key::Key,
    key_directory::KeyDirectory,
    keyring::{KeyError, Keyring},
    wrapping::{KeyWrapping, WrappedKey},
};
use async_trait::async_trait;
use provisioning::ports::sealing::{KeyService, SealError, SecretOwner};
use std::sync::Arc;
use zeroize::Zeroizing;

/// All keys of the portal.
pub struct Keys {
    keyring: Arc<Keyring>,
    /// Searched for keys that were added since the keyring was read, so that keys of another process's rotation work
    /// at once.
    directory: KeyDirectory,
    /// The service with the current key; `None`: the keyring's current key wraps.
    current: Option<Arc<dyn KeyService>>,
    /// Services whose keys only unwrap.
    old: Vec<Arc<dyn KeyService>>,
}

impl Keys {
    /// `current` wraps, or else the current key of `keyring`, which was read from `directory` and the configuration.
    pub fn new(
        keyring: Arc<Keyring>,
        directory: KeyDirectory,
        current: Option<Arc<dyn KeyService>>,
        old: Vec<Arc<dyn KeyService>>,
    ) -> Self {
        Self {
            keyring,
            directory,
            current,
            old,
        }
    }

    /// The ids of all keys, the current one first.
    pub fn ids(&self) -> Vec<String> {
        let service = self
            .current
            .iter()
            .map(|service| service.key_id().to_owned());
        let ring = self.keyring.keys().map(|key| key.id().to_owned());
        let old = self.old.iter().map(|service| service.key_id().to_owned());
        service.chain(ring).chain(old).collect()
    }

    /// Fails unless the key `id`, which protects `what`, exists. The error names that key and the existing ones.
    pub fn require(&self, id: &str, what: &str) -> Result<(), KeyError> {
        let ids = self.ids();
        if ids.iter().any(|known| known == id) {
            return Ok(());
        }
        Err(KeyError::Missing {
            needed: id.to_owned(),
            where_sealed: what.to_owned(),
            at_hand: ids.join(", "),
        })
    }

    fn come_in(&self, id: &str) -> Option<Key> {
        self.directory.find(id).unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot read the keys of the data directory");
            None
        })
    }

    fn service(&self, id: &str) -> Option<&Arc<dyn KeyService>> {
        self.current
            .iter()
            .chain(&self.old)
            .find(|service| service.key_id() == id)
    }
}

#[async_trait]
impl KeyWrapping for Keys {
    fn current_key(&self) -> &str {
        match &self.current {
            Some(service) => service.key_id(),
            None => self.keyring.current_key(),
        }
    }

    async fn wrap(
        &self,
        owner: &SecretOwner,
        data_key: &[u8; 32],
    ) -> Result<WrappedKey, SealError> {
        match &self.current {
            None => self.keyring.wrap(owner, data_key).await,
            Some(service) => Ok(WrappedKey {
                key_id: service.key_id().to_owned(),
                wrapped: service.encrypt(owner, data_key).await?,
            }),
        }
    }

    async fn unwrap(
        &self,
        owner: &SecretOwner,
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let Some(service) = self.service(&wrapped.key_id) else {
            if self.keyring.get(&wrapped.key_id).is_none()
                && let Some(key) = self.come_in(&wrapped.key_id)
            {
                let fresh = Keyring::new(key, Vec::new());
                return fresh.unwrap(owner, wrapped).await;
            }
            return self.keyring.unwrap(owner, wrapped).await;
        };
        let data_key = service.decrypt(owner, &wrapped.wrapped).await?;
        let data_key: &[u8; 32] = data_key
            .as_slice()
            .try_into()
            .map_err(|_| SealError::NotAuthentic)?;
        Ok(Zeroizing::new(*data_key))
    }
}
