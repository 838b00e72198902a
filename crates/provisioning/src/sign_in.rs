//! Signing in: identity and roles from claims, and the caller behind a session or token.

use crate::{
    account::{TOKEN_PREFIX, token_digest},
    claim_rules::ClaimRules,
    errors::AccessError,
};
use domain::{
    access::TokenReach,
    audit::AuditAction,
    caller::{Caller, Channel, Membership},
    ids::UserId,
    problem::Problem,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    audit_records::AuditEntry,
    records::{SignedIn, UserRecord},
};
use serde_json::{Map, Value};

/// A user as the identity provider describes them, before roles.
#[derive(Clone, Debug)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    pub email: String,
    /// Whether the provider says it is verified.
    pub email_verified: bool,
    pub name: String,
    /// Every claim, for the rules.
    pub claims: Map<String, Value>,
}

pub struct SignInService {
    db: Database,
    rules: ClaimRules,
}

impl SignInService {
    pub fn new(db: Database, rules: ClaimRules) -> Self {
        Self { db, rules }
    }

    /// Stores the user who has just signed in from the address `source`.
    ///
    /// # Errors
    /// Forbidden for a suspended user; internal if the database fails.
    pub async fn sign_in(
        &self,
        identity: Identity,
        source: Option<String>,
    ) -> Result<UserRecord, Problem> {
        let tenants = self.db.tenants().active().await?;
        let claimed = self.rules.claimed(&identity.claims, &tenants);
        if !claimed.withheld.is_empty() {
            tracing::warn!(
                issuer = identity.issuer,
                subject = identity.subject,
                claims = claimed.withheld.join(", "),
                overage = ?self.rules.overage,
                "the identity provider left out claims that rules read, so roles that depend on them are unknown"
            );
        }
        let user = self
            .db
            .users()
            .sign_in(
                SignedIn {
                    issuer: identity.issuer,
                    subject: identity.subject,
                    email: identity.email,
                    email_verified: identity.email_verified,
                    name: identity.name,
                    claimed,
                    source,
                },
                Timestamp::now(),
            )
            .await?;
        if user.suspended {
            return Err(AccessError::Suspended.into());
        }
        Ok(user)
    }

    /// Records that the caller signed out.
    ///
    /// # Errors
    /// Internal if the database fails.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Problem> {
        let target = caller
            .user_id
            .map(|id| format!("user/{id}"))
            .unwrap_or_default();
        let entry = AuditEntry::by(
            caller,
            AuditAction::SignOut,
            Timestamp::now(),
            target,
            caller.name.clone(),
        );
        Ok(self.db.audit().append(entry).await?)
    }

    /// The caller behind a session, with current permissions; `None` if the user is gone or suspended.
    ///
    /// # Errors
    /// Internal if the database fails.
    pub async fn session_caller(
        &self,
        user: UserId,
        source: Option<String>,
    ) -> Result<Option<Caller>, Problem> {
        let user = self.db.users().get(user).await?;
        Ok(user
            .filter(|user| !user.suspended)
            .map(|user| caller(user, Channel::Session, source)))
    }

    /// The caller behind an API token; `None` if there is none.
    ///
    /// # Errors
    /// Internal if the database fails.
    pub async fn token_caller(
        &self,
        secret: &str,
        source: Option<String>,
    ) -> Result<Option<Caller>, Problem> {
        if !secret.starts_with(TOKEN_PREFIX) {
            return Ok(None);
        }
        let now = Timestamp::now();
        let found = self
            .db
            .tokens()
            .by_digest(&token_digest(secret), now)
            .await?;
        let Some((token, user)) = found.filter(|(_, user)| !user.suspended) else {
            return Ok(None);
        };
        // To the minute: a write for each request would cost more than the figure is worth.
        let fresh = token
            .last_used_at
            .is_some_and(|used| now.duration_since(used) < SignedDuration::from_mins(1));
        if !fresh && let Err(error) = self.db.tokens().note_use(token.id, now).await {
            tracing::warn!(error = %domain::error::causes(&error), "token use not noted");
        }
        Ok(Some(Caller {
            token_reach: Some(TokenReach {
                scopes: token.scopes,
                tenant_id: token.tenant.map(|tenant| tenant.id),
            }),
            ..caller(user, Channel::ApiToken(token.id), source)
        }))
    }
}

fn caller(user: UserRecord, channel: Channel, source: Option<String>) -> Caller {
    Caller {
        user_id: Some(user.id),
        name: user.name,
        email: user.email,
        platform_role: user.platform_role,
        memberships: user
            .memberships
            .iter()
            .map(|membership| Membership {
                tenant_id: membership.tenant.id,
                role: membership.role,
            })
            .collect(),
        channel,
        token_reach: None,
        source,
    }
}
