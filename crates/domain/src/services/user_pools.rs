//! Administering the identity provider's people.

use crate::{
    caller::Caller,
    problem::Problem,
    user_pool::{PoolInvitation, PoolPage, PoolQuery, PoolRef, PoolUser, PoolUserDetail},
};
use async_trait::async_trait;

/// The people of Cognito user pools, for platform admins. Each change is audited before it is asked of Cognito and, if it
/// fails there, once more with its outcome.
#[async_trait]
pub trait UserPools: Send + Sync {
    /// The pools that can be administered.
    async fn pools(&self, caller: &Caller) -> Result<Vec<PoolRef>, Problem>;

    /// A page of a pool's people.
    async fn list(
        &self,
        caller: &Caller,
        provider: &str,
        query: PoolQuery,
    ) -> Result<PoolPage, Problem>;

    /// One person.
    async fn get(
        &self,
        caller: &Caller,
        provider: &str,
        username: &str,
    ) -> Result<PoolUserDetail, Problem>;

    /// Invites somebody.
    async fn invite(
        &self,
        caller: &Caller,
        provider: &str,
        input: PoolInvitation,
    ) -> Result<PoolUser, Problem>;

    /// Lets somebody sign in again, or not any more. Whoever is signed in here stays so: suspend them here as well.
    async fn set_enabled(
        &self,
        caller: &Caller,
        provider: &str,
        username: &str,
        enabled: bool,
    ) -> Result<PoolUserDetail, Problem>;

    /// Has Cognito send somebody a code with which they choose a new password.
    async fn reset_password(
        &self,
        caller: &Caller,
        provider: &str,
        username: &str,
    ) -> Result<PoolUserDetail, Problem>;

    /// Puts somebody into a group, or takes them out. It counts from their next sign-in on.
    async fn set_group(
        &self,
        caller: &Caller,
        provider: &str,
        username: &str,
        group: &str,
        member: bool,
    ) -> Result<PoolUserDetail, Problem>;
}
