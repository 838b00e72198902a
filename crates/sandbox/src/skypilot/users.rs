//! Users of the API server: people and service accounts, with their roles and tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::store::State;

/// The account with which administrators begin. A person's id is the beginning of the name's MD5.
pub const FIRST_ADMIN: (&str, &str) = ("21232f29", "admin");
/// Real tokens are `sky_` and a JWT; `eyJ` is the base64 of `{"`.
pub const TOKEN_PREFIX: &str = "sky_eyJ";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    User,
    Admin,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    pub id: String,
    pub name: String,
    pub role: Role,
}

/// A service account's token, of which only the hash is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Token {
    pub id: String,
    pub name: String,
    /// SHA-256 of the whole token, in hexadecimal digits.
    pub hash: String,
    pub creator_id: String,
    pub user_id: String,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub last_used_at: Option<i64>,
    /// Seconds since 1970; `None`: never.
    pub expires_at: Option<i64>,
}

impl State {
    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub fn user_name(&self, id: &str) -> String {
        self.user(id)
            .map_or_else(|| "Unknown".to_owned(), |user| user.name.clone())
    }
}

/// A random token in the form of the real ones.
pub fn new_token() -> String {
    let part = || BASE64URL.encode(rand::random::<[u8; 24]>());
    format!("{TOKEN_PREFIX}{}.{}.{}", part(), part(), part())
}

pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
