//! Secrets as they are kept: sealed elsewhere, opened elsewhere.

use domain::ids::TenantId;
use serde::{Deserialize, Serialize};

/// What a secret belongs to. It is bound into the ciphertext: what is moved elsewhere does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretOwner {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Table, row and column: `workspaces/0197…/token`.
    pub place: String,
}

/// A secret as stored: text that is worth nothing without the key-encryption key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Which key-encryption key wraps its data key.
    pub key_id: String,
    /// The data key, wrapped; base64.
    pub wrapped_key: String,
    /// Nonce and ciphertext; base64.
    pub ciphertext: String,
}
