//! A sealer without a key.

use async_trait::async_trait;
use provisioning::ports::sealing::{SealError, Sealed, Sealer, SecretOwner};
use secrecy::{ExposeSecret, SecretString};

/// Writes backwards what is to be sealed: enough to see that it is opened where it belongs.
pub struct BackwardsSealer;

#[async_trait]
impl Sealer for BackwardsSealer {
    async fn seal(&self, owner: &SecretOwner, secret: &SecretString) -> Result<Sealed, SealError> {
        Ok(Sealed {
            key_id: "test".into(),
            wrapped_key: owner.place.clone(),
            ciphertext: secret.expose_secret().chars().rev().collect(),
        })
    }

    async fn open(&self, owner: &SecretOwner, sealed: &Sealed) -> Result<SecretString, SealError> {
        if owner.place != sealed.wrapped_key {
            return Err(SealError::NotAuthentic);
        }
        Ok(sealed.ciphertext.chars().rev().collect::<String>().into())
    }

    async fn rewrap(&self, owner: &SecretOwner, sealed: &Sealed) -> Result<Sealed, SealError> {
        let secret = self.open(owner, sealed).await?;
        self.seal(owner, &secret).await
    }

    fn current_key(&self) -> &str {
        "test"
    }
}
