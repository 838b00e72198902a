//! Who is known to the API server: people, service accounts with their tokens, and what each may do.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::store::State;

/// What the server calls itself.
pub const SERVER_ID: &str = "5a9db0c5";
const SYSTEM: &str = "skypilot-system";
const SYSTEM_VIEWER: &str = "skypilot-system-viewer";
/// The account with which administrators begin; its id is, as for all people, from the MD5 of the name.
pub const FIRST_ADMIN: (&str, &str) = ("21232f29", "admin");

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Look.
    Viewer,
    /// Work in the workspaces that are open or list one.
    User,
    /// Everything.
    Admin,
}

impl Role {
    /// The role of a name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "viewer" => Some(Self::Viewer),
            "user" => Some(Self::User),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

/// Where somebody comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserType {
    /// The server itself.
    System,
    /// A person with name and password.
    Basic,
    /// A service account.
    Sa,
}

/// A person, a service account, or the server itself.
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
    /// The service account.
    pub user_id: String,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub last_used_at: Option<i64>,
    /// Seconds since 1970; never, if missing.
    pub expires_at: Option<i64>,
}

impl User {
    /// Whom a new server knows.
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

    /// Whether this is the server's own, which nobody may change.
    pub fn is_internal(&self) -> bool {
        self.user_type == UserType::System
    }
}

impl State {
    /// Somebody by id.
    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// How somebody is called who may be gone.
    pub fn user_name(&self, id: &str) -> String {
        self.user(id)
            .map_or_else(|| "Unknown".to_owned(), |user| user.name.clone())
    }
}

/// What is kept of a token.
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
