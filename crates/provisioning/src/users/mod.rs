//! Users of the portal, for platform admins.

mod rule_trial;

use crate::{
    account,
    authorization::{authorize_on_platform, authorize_platform_change, refused},
    claim_rules::ClaimRules,
    errors::{StaleError, UserError, confirm, current_value},
};
use domain::{
    access::{PlatformAction, PlatformRole},
    account::ApiToken,
    audit::AuditAction,
    caller::Caller,
    ids::{TokenId, UserId},
    problem::{FieldError, Problem},
    users::{ClaimTrial, GrantSource, SignedInUser, UserDetail, UserPage, UserQuery},
};
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry, user_records::UserChange};

/// What raises a user's version.
const CHANGES: [AuditAction; 5] = [
    AuditAction::GrantRole,
    AuditAction::RevokeRole,
    AuditAction::SuspendUser,
    AuditAction::RestoreUser,
    AuditAction::SignIn,
];

/// An identity provider whose rules can be tried.
#[derive(Clone, Debug)]
pub struct RuleProvider {
    /// In URLs.
    pub slug: String,
    pub title: String,
    pub rules: ClaimRules,
}

pub struct Users {
    db: Database,
    providers: Vec<RuleProvider>,
}

impl Users {
    /// Over this store, for the users of these providers.
    pub fn new(db: Database, providers: Vec<RuleProvider>) -> Self {
        Self { db, providers }
    }

    /// A page of users.
    ///
    /// # Errors
    /// Forbidden.
    pub async fn list(&self, caller: &Caller, query: UserQuery) -> Result<UserPage, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageUsers)?;
        let query = UserQuery {
            search: query.search.trim().to_owned(),
            per_page: query.per_page.clamp(1, 200),
            ..query
        };
        let page = self.db.users().list(&query).await?;
        Ok(UserPage {
            items: page.items,
            total: page.total,
            counts: page.counts,
            paging: page.paging,
            per_page: query.per_page,
            now: Timestamp::now(),
        })
    }

    /// The users with sessions, those seen last first.
    ///
    /// # Errors
    /// Forbidden.
    pub async fn signed_in(&self, caller: &Caller) -> Result<Vec<SignedInUser>, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageUsers)?;
        let now = Timestamp::now();
        Ok(self.db.sessions().signed_in_users(now).await?)
    }

    /// One user.
    ///
    /// # Errors
    /// Forbidden, or not found.
    pub async fn get(&self, caller: &Caller, id: UserId) -> Result<UserDetail, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageUsers)?;
        self.user(id).await
    }

    /// Grants a platform role (`User`: revokes the granted one; one from a claim stays). `confirmation` must be
    /// [`UserDetail::confirmation`].
    ///
    /// # Errors
    /// Forbidden, not found, from a claim, the last admin, another confirmation, or no longer as in `version`.
    pub async fn set_platform_role(
        &self,
        caller: &Caller,
        id: UserId,
        role: PlatformRole,
        version: i64,
        confirmation: &str,
    ) -> Result<UserDetail, Problem> {
        let action = match role {
            PlatformRole::Admin => AuditAction::GrantRole,
            PlatformRole::User => AuditAction::RevokeRole,
        };
        let user = self.authorized(caller, action, id).await?;
        confirm(confirmation, user.confirmation())?;
        let entry = entry(caller, action, &user);
        if user.version != version {
            return Err(self.stale(id, role).await?);
        }
        if role == PlatformRole::User
            && let Some(problem) = from_claim(&user)
        {
            return self.refuse(entry, problem).await;
        }
        let changed = self
            .db
            .users()
            .set_platform_role(id, role, Some(version), entry.clone())
            .await?;
        match changed {
            UserChange::Done(user) => Ok(*user),
            UserChange::AlreadySo => self.user(id).await,
            UserChange::Missing => Err(Problem::not_found("user")),
            UserChange::Stale => Err(self.stale(id, role).await?),
            UserChange::LastAdmin => self.refuse(entry, last_admin(&user)).await,
        }
    }

    /// Suspends: sessions and streams stop immediately, and tokens are revoked for good. `confirmation` must be
    /// [`UserDetail::confirmation`]. Suspending again is not an error.
    ///
    /// # Errors
    /// Forbidden, not found, another confirmation, the caller themselves, or the last admin.
    pub async fn suspend(
        &self,
        caller: &Caller,
        id: UserId,
        confirmation: &str,
    ) -> Result<UserDetail, Problem> {
        let user = self
            .authorized(caller, AuditAction::SuspendUser, id)
            .await?;
        confirm(confirmation, user.confirmation())?;
        let entry = entry(caller, AuditAction::SuspendUser, &user);
        if caller.user_id == Some(id) {
            return self.refuse(entry, UserError::Yourself.into()).await;
        }
        self.set_suspended(&user, true, entry).await
    }

    /// Ends a suspension. Restoring again is not an error.
    ///
    /// # Errors
    /// Forbidden, or not found.
    pub async fn restore(&self, caller: &Caller, id: UserId) -> Result<UserDetail, Problem> {
        let user = self
            .authorized(caller, AuditAction::RestoreUser, id)
            .await?;
        let entry = entry(caller, AuditAction::RestoreUser, &user);
        self.set_suspended(&user, false, entry).await
    }

    /// Ends every session and, if `tokens`, revokes every API token.
    ///
    /// # Errors
    /// Forbidden, or not found.
    pub async fn sign_out_everywhere(
        &self,
        caller: &Caller,
        id: UserId,
        tokens: bool,
    ) -> Result<(), Problem> {
        let action = AuditAction::SignOutEverywhere;
        let user = self.authorized(caller, action, id).await?;
        let entry = entry(caller, action, &user);
        let users = self.db.users();
        Ok(users.sign_out_everywhere(id, tokens, entry).await?)
    }

    /// A user's unexpired API tokens, newest first.
    ///
    /// # Errors
    /// Forbidden, or not found.
    pub async fn tokens(&self, caller: &Caller, id: UserId) -> Result<Vec<ApiToken>, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageUsers)?;
        self.user(id).await?;
        let tokens = self.db.tokens().list(id, Timestamp::now()).await?;
        Ok(tokens.into_iter().map(account::view).collect())
    }

    /// Revokes an API token of a user immediately.
    ///
    /// # Errors
    /// Forbidden, or not found.
    pub async fn revoke_token(
        &self,
        caller: &Caller,
        user: UserId,
        id: TokenId,
    ) -> Result<(), Problem> {
        let entry = |name: String| {
            let target = format!("token/{id}");
            AuditEntry::by(
                caller,
                AuditAction::RevokeToken,
                Timestamp::now(),
                target,
                name,
            )
        };
        let attempt = || entry(String::new());
        authorize_platform_change(&self.db, caller, PlatformAction::ManageUsers, attempt).await?;
        let owner = self.user(user).await?.user;
        let missing = || Problem::not_found("token");
        let tokens = self.db.tokens().list(user, Timestamp::now()).await?;
        let token = tokens.into_iter().find(|token| token.id == id);
        let entry =
            entry(token.ok_or_else(missing)?.name).with_detail(format!("of {}", owner.email));
        if self.db.tokens().revoke(user, id, entry).await? {
            Ok(())
        } else {
            Err(missing())
        }
    }

    /// The providers whose rules can be tried: slug and title.
    ///
    /// # Errors
    /// Forbidden.
    pub async fn rule_providers(&self, caller: &Caller) -> Result<Vec<(String, String)>, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageIdentityProvider)?;
        let providers = self.providers.iter();
        Ok(providers
            .map(|provider| (provider.slug.clone(), provider.title.clone()))
            .collect())
    }

    /// What an ID token (or its claims as JSON) would give. Its signature is not checked, nothing is
    /// stored, and no session starts.
    ///
    /// # Errors
    /// Forbidden, or not readable.
    pub async fn try_rules(
        &self,
        caller: &Caller,
        provider: &str,
        token: &str,
    ) -> Result<ClaimTrial, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageIdentityProvider)?;
        let provider = self.providers.iter().find(|known| known.slug == provider);
        let Some(provider) = provider else {
            return Err(Problem::invalid(vec![FieldError::new(
                "provider",
                "Choose a configured identity provider.",
            )]));
        };
        let claims = rule_trial::claims(token)
            .map_err(|message| Problem::invalid(vec![FieldError::new("token", message)]))?;
        let tenants = self.db.tenants().active().await?;
        Ok(rule_trial::outcome(&provider.rules, &claims, &tenants))
    }

    async fn user(&self, id: UserId) -> Result<UserDetail, Problem> {
        self.db
            .users()
            .detail(id, Timestamp::now())
            .await?
            .ok_or_else(|| Problem::not_found("user"))
    }

    /// The user, if `caller` may do `action` to them; a refusal is recorded.
    async fn authorized(
        &self,
        caller: &Caller,
        action: AuditAction,
        id: UserId,
    ) -> Result<UserDetail, Problem> {
        let attempt = || AuditEntry::by(caller, action, Timestamp::now(), target(id), "");
        authorize_platform_change(&self.db, caller, PlatformAction::ManageUsers, attempt).await?;
        self.user(id).await
    }

    /// Records that `action` was refused for `problem`, and refuses.
    async fn refuse<T>(&self, entry: AuditEntry, problem: Problem) -> Result<T, Problem> {
        Err(refused(&self.db, entry, problem).await)
    }

    async fn set_suspended(
        &self,
        user: &UserDetail,
        suspended: bool,
        entry: AuditEntry,
    ) -> Result<UserDetail, Problem> {
        let id = user.user.id;
        let changed = self
            .db
            .users()
            .set_suspended(id, suspended, entry.clone())
            .await?;
        match changed {
            UserChange::Missing => Err(Problem::not_found("user")),
            UserChange::LastAdmin => self.refuse(entry, last_admin(user)).await,
            UserChange::Done(user) => Ok(*user),
            UserChange::AlreadySo | UserChange::Stale => self.user(id).await,
        }
    }

    async fn stale(&self, id: UserId, requested: PlatformRole) -> Result<Problem, Problem> {
        let user = self.user(id).await?;
        let latest = self.db.audit().latest_change(&target(id), &CHANGES).await?;
        let now = user.user.platform_role;
        let mut fields = Vec::from_iter(current_value("platform_role", &requested, &now, |role| {
            role.as_str().to_owned()
        }));
        if user.user.suspended {
            let message = "This user is suspended now.";
            fields.push(FieldError::new("suspended", message));
        }
        let what = "this user";
        Ok(StaleError {
            what,
            latest,
            fields,
        }
        .into())
    }
}

fn target(id: UserId) -> String {
    format!("user/{id}")
}

fn entry(caller: &Caller, action: AuditAction, user: &UserDetail) -> AuditEntry {
    let target = target(user.user.id);
    AuditEntry::by(
        caller,
        action,
        Timestamp::now(),
        target,
        user.user.name.clone(),
    )
}

fn last_admin(user: &UserDetail) -> Problem {
    let name = user.user.name.clone();
    UserError::LastAdmin { name }.into()
}

/// The refusal to remove a role that only a claim gives.
fn from_claim(user: &UserDetail) -> Option<Problem> {
    let granted = |source: &GrantSource| matches!(source, GrantSource::Manual { .. });
    if user
        .platform_grants
        .iter()
        .any(|grant| granted(&grant.source))
    {
        return None;
    }
    let Some(GrantSource::Claim { why }) = &user.user.platform_source else {
        return None;
    };
    let error = UserError::RoleFromClaim {
        name: user.user.name.clone(),
        rule: why.clone().unwrap_or_else(|| "a claim".to_owned()),
    };
    Some(error.into())
}
