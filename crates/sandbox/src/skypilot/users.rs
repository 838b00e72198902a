//! Who is known to the API server: people, service accounts with their tokens, and what each may do.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::store::State;

pub const SERVER_ID: &str = "5a9db0c5";
const SYSTEM: &str = "skypilot-system";
const SYSTEM_VIEWER: &str = "skypilot-system-viewer";
/// The account with which administrators begin; its id is, as for all people, from the MD5 of the name.
pub const FIRST_ADMIN: (&str, &str) = ("21232f29", "admin");

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Viewer,
    User,
    Admin,
}

impl Role {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "viewer" => Some(Self::Viewer),
            "user" => Some(Self::User),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserType {
    System,
    Basic,
    Sa,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    pub id: String,
    pub name: String,
    pub role: Role,
    pub user_type: UserType,
    /// Seconds since 1970.
    pub created_at: i64,
}

/// A service account's token. The token itself is not kept, only what it hashes to.
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
    /// Seconds since 1970; never, if missing.
    pub expires_at: Option<i64>,
}

impl User {
    pub fn first(created_at: i64) -> Vec<Self> {
        let user = |id: &str, name: &str, role, user_type| Self {
            id: id.to_owned(),
            name: name.to_owned(),
            role,
            user_type,
            created_at,
        };
        vec![
            user(SERVER_ID, "root", Role::Admin, UserType::System),
            user(SYSTEM, SYSTEM, Role::Admin, UserType::System),
            user(SYSTEM_VIEWER, SYSTEM_VIEWER, Role::Viewer, UserType::System),
            user(FIRST_ADMIN.0, FIRST_ADMIN.1, Role::Admin, UserType::Basic),
        ]
    }

    pub fn is_internal(&self) -> bool {
        self.user_type == UserType::System
    }
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

pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
