//! Administering the users of Cognito user pools.

use crate::{
    authorization::{authorize_on_platform, authorize_platform_change},
    ports::user_pool::{PoolError, UserPool},
};
use domain::{
    access::PlatformAction,
    audit::{AuditAction, AuditOutcome},
    caller::Caller,
    error::causes,
    problem::{FieldError, Problem},
    user_pool::{PoolInvitation, PoolPage, PoolQuery, PoolRef, PoolUser, PoolUserDetail},
};
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry};
use std::sync::Arc;

/// The longest username that Cognito knows.
const LONGEST_NAME: usize = 128;

/// A pool and what it is called.
pub struct KnownPool {
    pub pool: PoolRef,
    pub users: Arc<dyn UserPool>,
}

/// The users of Cognito user pools, for platform admins. Each change is audited before it is sent to
/// Cognito and, if it fails there, once more with its outcome.
pub struct UserPools {
    db: Database,
    pools: Vec<KnownPool>,
}

impl UserPools {
    pub fn new(db: Database, pools: Vec<KnownPool>) -> Self {
        Self { db, pools }
    }

    /// The pools that can be administered.
    ///
    /// # Errors
    /// Forbidden.
    pub async fn pools(&self, caller: &Caller) -> Result<Vec<PoolRef>, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageIdentityProvider)?;
        Ok(self.pools.iter().map(|known| known.pool.clone()).collect())
    }

    /// A page of a pool's users.
    ///
    /// # Errors
    /// Forbidden, not found, or Cognito fails.
    pub async fn list(
        &self,
        caller: &Caller,
        provider: &str,
        query: PoolQuery,
    ) -> Result<PoolPage, Problem> {
        let known = self.pool(caller, provider)?;
        let query = PoolQuery {
            email: query.email.trim().to_owned(),
            ..query
        };
        if query.email.chars().count() > LONGEST_NAME || query.email.chars().any(char::is_control) {
            let fault = FieldError::new("email", "Use at most 128 printable characters.");
            return Err(Problem::invalid(vec![fault]));
        }
        let (items, next) = known.users.users(&query).await?;
        Ok(PoolPage {
            pool: known.pool.clone(),
            items,
            next,
        })
    }

    /// One user.
    ///
    /// # Errors
    /// Forbidden, not found, or Cognito fails.
    pub async fn get(
        &self,
        caller: &Caller,
        provider: &str,
        username: &str,
    ) -> Result<PoolUserDetail, Problem> {
        let known = self.pool(caller, provider)?;
        plausible(username)?;
        self.detail(known, username).await
    }

    /// Invites a user.
    ///
    /// # Errors
    /// Forbidden, invalid, in use, or Cognito fails.
    pub async fn invite(
        &self,
        caller: &Caller,
        provider: &str,
        input: PoolInvitation,
    ) -> Result<PoolUser, Problem> {
        let input = PoolInvitation {
            email: input.email.trim().to_owned(),
            name: input.name.trim().to_owned(),
        };
        let change = Change::of(AuditAction::InviteToPool, &input.email);
        let known = self.pool_to_change(caller, provider, &change).await?;
        input.validate().map_err(Problem::invalid)?;
        let work = known.users.invite(&input);
        self.change(caller, known, change, work).await
    }

    /// Allows or blocks further sign-ins. Sessions here go on: suspend the user here as well.
    ///
    /// # Errors
    /// Forbidden, not found, or Cognito fails.
    pub async fn set_enabled(
        &self,
        caller: &Caller,
        provider: &str,
        username: &str,
        enabled: bool,
    ) -> Result<PoolUserDetail, Problem> {
        plausible(username)?;
        let action = if enabled {
            AuditAction::EnableInPool
        } else {
            AuditAction::DisableInPool
        };
        let change = Change::of(action, username);
        let known = self.pool_to_change(caller, provider, &change).await?;
        let work = known.users.set_enabled(username, enabled);
        self.change(caller, known, change, work).await?;
        self.detail(known, username).await
    }

    /// Makes Cognito send a code for choosing a new password.
    ///
    /// # Errors
    /// Forbidden, not found, or Cognito fails.
    pub async fn reset_password(
        &self,
        caller: &Caller,
        provider: &str,
        username: &str,
    ) -> Result<PoolUserDetail, Problem> {
        plausible(username)?;
        let change = Change::of(AuditAction::ResetPasswordInPool, username);
        let known = self.pool_to_change(caller, provider, &change).await?;
        let work = known.users.reset_password(username);
        self.change(caller, known, change, work).await?;
        self.detail(known, username).await
    }

    /// Adds a user to a group or removes them from it. It counts from their next sign-in on.
    ///
    /// # Errors
    /// Forbidden, not found, or Cognito fails.
    pub async fn set_group(
        &self,
        caller: &Caller,
        provider: &str,
        username: &str,
        group: &str,
        member: bool,
    ) -> Result<PoolUserDetail, Problem> {
        plausible(username)?;
        plausible(group)?;
        let change = Change {
            action: if member {
                AuditAction::JoinGroupInPool
            } else {
                AuditAction::LeaveGroupInPool
            },
            username,
            detail: Some(format!("the group {group}")),
        };
        let known = self.pool_to_change(caller, provider, &change).await?;
        let users = &known.users;
        let work = async {
            if member {
                users.join_group(username, group).await
            } else {
                users.leave_group(username, group).await
            }
        };
        self.change(caller, known, change, work).await?;
        self.detail(known, username).await
    }

    fn known(&self, provider: &str) -> Result<&KnownPool, Problem> {
        self.pools
            .iter()
            .find(|known| known.pool.provider == provider)
            .ok_or_else(|| Problem::not_found("user pool"))
    }

    fn pool(&self, caller: &Caller, provider: &str) -> Result<&KnownPool, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageIdentityProvider)?;
        self.known(provider)
    }

    /// The pool, for a change of it; a refusal is recorded.
    async fn pool_to_change(
        &self,
        caller: &Caller,
        provider: &str,
        change: &Change<'_>,
    ) -> Result<&KnownPool, Problem> {
        authorize_platform_change(
            &self.db,
            caller,
            PlatformAction::ManageIdentityProvider,
            || change.entry(caller, provider),
        )
        .await?;
        self.known(provider)
    }

    /// Records the change first and then does `work`; a failure is recorded too.
    async fn change<T>(
        &self,
        caller: &Caller,
        known: &KnownPool,
        change: Change<'_>,
        work: impl Future<Output = Result<T, PoolError>>,
    ) -> Result<T, Problem> {
        let provider = &known.pool.provider;
        // No entry, no change.
        self.db
            .audit()
            .append(change.entry(caller, provider))
            .await?;
        match work.await {
            Ok(done) => Ok(done),
            Err(error) => {
                let failed = change
                    .entry(caller, provider)
                    .with_outcome(AuditOutcome::Failed)
                    .with_detail(error.message.clone());
                if let Err(unwritten) = self.db.audit().append(failed).await {
                    tracing::error!(error = %causes(&unwritten), "a failure is not in the audit log");
                }
                Err(error.into())
            }
        }
    }

    async fn detail(&self, known: &KnownPool, username: &str) -> Result<PoolUserDetail, Problem> {
        let users = &known.users;
        let user = users.user(username).await?;
        let mut groups = users.groups_of(username).await?;
        let mut all_groups = users.groups().await?;
        groups.sort();
        all_groups.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(PoolUserDetail {
            pool: known.pool.clone(),
            user,
            groups,
            all_groups,
        })
    }
}

/// What is recorded of a change.
struct Change<'a> {
    action: AuditAction,
    username: &'a str,
    detail: Option<String>,
}

impl<'a> Change<'a> {
    fn of(action: AuditAction, username: &'a str) -> Self {
        Self {
            action,
            username,
            detail: None,
        }
    }

    fn entry(&self, caller: &Caller, provider: &str) -> AuditEntry {
        let target = format!("pool/{provider}");
        let entry = AuditEntry::by(caller, self.action, Timestamp::now(), target, self.username);
        match &self.detail {
            Some(detail) => entry.with_detail(detail.clone()),
            None => entry,
        }
    }
}

/// A name that could be one, before anybody is asked about it.
fn plausible(username: &str) -> Result<(), Problem> {
    let fits = !username.is_empty()
        && username.chars().count() <= LONGEST_NAME
        && !username.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(Problem::not_found("user"))
    }
}
