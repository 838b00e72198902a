//! A user pool of an identity provider, seen from the core.

use async_trait::async_trait;
use domain::user_pool::{PoolGroup, PoolInvitation, PoolQuery, PoolUser};

pub type Asked<T> = Result<T, PoolError>;

/// Why a pool did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolErrorKind {
    /// There is no such person or group.
    NotFound,
    /// Somebody has the address or name already.
    Taken,
    /// A field is not as the pool wants it.
    Invalid,
    /// It is not in the state for this.
    WrongState,
    /// It is asked too often.
    Throttled,
    /// The portal lacks a permission, or its keys are not accepted.
    Denied,
    /// The pool is not there (any more).
    Gone,
    Unreachable,
    /// It has a fault of its own, or says something unknown.
    Failed,
}

/// A pool did not do what it was asked. Never says anything of a password.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct PoolError {
    pub kind: PoolErrorKind,
    /// In people's words, with the provider's own code and message.
    pub message: String,
    /// The way out.
    pub next_step: Option<String>,
    /// The cause, for the log.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A pool of people.
#[async_trait]
pub trait UserPool: Send + Sync {
    /// People whose address begins as asked, and where the next page begins.
    async fn users(&self, query: &PoolQuery) -> Asked<(Vec<PoolUser>, Option<String>)>;

    async fn user(&self, username: &str) -> Asked<PoolUser>;

    /// The names of the groups somebody is in.
    async fn groups_of(&self, username: &str) -> Asked<Vec<String>>;

    async fn groups(&self) -> Asked<Vec<PoolGroup>>;

    /// Makes an account and has a password for the first sign-in sent to the address.
    async fn invite(&self, invitation: &PoolInvitation) -> Asked<PoolUser>;

    /// Lets somebody sign in, or not. Asking twice is the same as once.
    async fn set_enabled(&self, username: &str, enabled: bool) -> Asked<()>;

    /// Has a code sent with which a new password is chosen.
    async fn reset_password(&self, username: &str) -> Asked<()>;

    /// Puts somebody into a group. Asking twice is the same as once.
    async fn join_group(&self, username: &str, group: &str) -> Asked<()>;

    /// Takes somebody out of a group. Asking twice is the same as once.
    async fn leave_group(&self, username: &str, group: &str) -> Asked<()>;
}
