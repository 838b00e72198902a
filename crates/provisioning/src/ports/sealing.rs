//! Secrets at rest: sealed before they reach a store, opened only where they are used.

pub use persistence::sealed::{Sealed, SecretOwner};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// A secret could not be sealed or opened. Never says anything of the secret.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// It was sealed under a key that is not at hand.
    #[error("it needs the key {0}, which this portal does not have")]
    KeyMissing(String),
    /// It was altered, or belongs to something else.
    #[error("it does not open: it was altered, moved, or sealed under another key")]
    NotAuthentic,
    /// The service that holds the key does not answer or refuses.
    #[error("the key service: {message}")]
    KeyService {
        /// What it says, in people's words.
        message: String,
        /// Whether waiting may help.
        may_pass: bool,
    },
}

impl SealError {
    /// Whether waiting may help.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::KeyService { may_pass: true, .. })
    }
}

/// A service that keeps a key and never gives it away: AWS KMS.
#[async_trait::async_trait]
pub trait KeyService: Send + Sync {
    /// The id of its key, as rows name it: `kms:arn:…`.
    fn key_id(&self) -> &str;

    /// Encrypts a data key. It is decrypted for the same `owner` only.
    async fn encrypt(&self, owner: &SecretOwner, data_key: &[u8; 32])
    -> Result<Vec<u8>, SealError>;

    async fn decrypt(
        &self,
        owner: &SecretOwner,
        encrypted: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError>;
}

/// Seals and opens secrets.
#[async_trait::async_trait]
pub trait Sealer: Send + Sync {
    /// Seals under a fresh data key.
    async fn seal(&self, owner: &SecretOwner, secret: &SecretString) -> Result<Sealed, SealError>;

    async fn open(&self, owner: &SecretOwner, sealed: &Sealed) -> Result<SecretString, SealError>;

    /// Wraps the data key anew, under the current key; the secret stays as it is. Only what opens is wrapped.
    async fn rewrap(&self, owner: &SecretOwner, sealed: &Sealed) -> Result<Sealed, SealError>;

    /// The id of the key that seals now.
    fn current_key(&self) -> &str;
}
