//! Who asks: bearer tokens and, where TLS brings one, client certificates.

use std::collections::HashMap;
use std::fmt;
use std::sync::RwLock;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    pub name: String,
    /// Unique id, where one is known.
    pub uid: String,
    pub groups: Vec<String>,
}

impl User {
    pub fn known(name: impl Into<String>, groups: &[&str]) -> Self {
        let mut groups: Vec<String> = groups.iter().map(|g| (*g).to_owned()).collect();
        groups.push("system:authenticated".to_owned());
        Self {
            name: name.into(),
            uid: String::new(),
            groups,
        }
    }

    pub fn anonymous() -> Self {
        Self {
            name: "system:anonymous".to_owned(),
            uid: String::new(),
            groups: vec!["system:unauthenticated".to_owned()],
        }
    }

    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|g| g == group)
    }
}

/// Who a verified client certificate names: its common name and organisations. The TLS listener puts it
/// into the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientIdentity {
    pub user: String,
    pub groups: Vec<String>,
}

impl From<&ClientIdentity> for User {
    fn from(identity: &ClientIdentity) -> Self {
        let groups: Vec<&str> = identity.groups.iter().map(String::as_str).collect();
        Self::known(identity.user.clone(), &groups)
    }
}

pub trait Authenticator: Send + Sync {
    /// The owner of a token; `None` when nobody is.
    fn token_owner(&self, token: &str) -> Option<User>;
}

#[derive(Default)]
pub struct Tokens {
    owners: RwLock<HashMap<String, User>>,
}

impl Tokens {
    pub fn insert(&self, token: impl Into<String>, owner: User) {
        self.owners
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(token.into(), owner);
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl Authenticator for Tokens {
    fn token_owner(&self, token: &str) -> Option<User> {
        self.owners
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(token)
            .cloned()
    }
}
