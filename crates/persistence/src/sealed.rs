//! Sealed secrets as stored. The crate `secrets` seals and opens them.

use domain::ids::TenantId;
use serde::{Deserialize, Serialize};

/// The row and tenant of a secret. Both are bound into the ciphertext, so that a secret that is moved to another
/// row does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretOwner {
    pub tenant_id: TenantId,
    /// Table, row and column: `workspaces/0197…/token`.
    pub place: String,
}

/// A sealed secret: worthless without the key-encryption key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The key-encryption key that wraps the data key.
    pub key_id: String,
    /// The data key, wrapped; base64.
    pub wrapped_key: String,
    /// Nonce and ciphertext; base64.
    pub ciphertext: String,
}
