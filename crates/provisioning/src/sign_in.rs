//! Signing in: who somebody is and what their claims give them, and who a session or token stands for.

use crate::{
    account::{TOKEN_PREFIX, token_digest},
    audit::{AuditAction, AuditEntry},
    ports::stores::Store,
    records::{SignedIn, UserRecord},
};
use domain::{
    access::{PlatformRole, TenantRole, TokenReach},
    caller::{Caller, Channel, Membership},
    ids::UserId,
    problem::{Problem, ProblemKind},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What a claim gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// The platform role `admin`.
    PlatformAdmin,
    /// A role in the tenant with this slug.
    Tenant {
        /// The tenant's slug.
        slug: String,
        /// The role.
        role: TenantRole,
    },
}

/// A configured rule: whoever has `value` in `claim` is granted something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRule {
    /// The claim's name, such as `cognito:groups`.
    pub claim: String,
    /// The value, or one of the values if the claim is a list; compared exactly.
    pub value: String,
    /// What it gives.
    pub grant: Grant,
}

impl ClaimRule {
    /// Whether `claims` has what the rule asks for.
    pub fn matches(&self, claims: &Map<String, Value>) -> bool {
        match claims.get(&self.claim) {
            Some(Value::String(text)) => *text == self.value,
            Some(Value::Array(items)) => {
                items.iter().any(|item| item == &Value::from(&*self.value))
            }
            _ => false,
        }
    }
}

/// Somebody an identity provider has vouched for, before roles.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The issuer.
    pub issuer: String,
    /// The subject.
    pub subject: String,
    /// The address.
    pub email: String,
    /// Whether the provider says it is verified.
    pub email_verified: bool,
    /// The name.
    pub name: String,
    /// Every claim, for the rules.
    pub claims: Map<String, Value>,
}

/// The use cases of signing in.
pub struct SignInService {
    store: Arc<dyn Store>,
    rules: Vec<ClaimRule>,
    default_role: Option<Grant>,
}

impl SignInService {
    /// A service with these rules; `default_role` is what everybody gets besides.
    pub fn new(store: Arc<dyn Store>, rules: Vec<ClaimRule>, default_role: Option<Grant>) -> Self {
        Self {
            store,
            rules,
            default_role,
        }
    }

    /// Stores somebody who has just signed in from the address `source`.
    ///
    /// # Errors
    /// Forbidden for somebody suspended; internal if the database fails.
    pub async fn sign_in(
        &self,
        identity: Identity,
        source: Option<String>,
    ) -> Result<UserRecord, Problem> {
        let grants: Vec<&Grant> = self
            .rules
            .iter()
            .filter(|rule| rule.matches(&identity.claims))
            .map(|rule| &rule.grant)
            .chain(&self.default_role)
            .collect();
        let tenants = self.store.tenants().await?;
        let mut claimed_tenants: Vec<(_, TenantRole)> = Vec::new();
        for grant in &grants {
            let Grant::Tenant { slug, role } = grant else {
                continue;
            };
            let Some(tenant) = tenants.iter().find(|tenant| tenant.tenant.slug == *slug) else {
                tracing::warn!(%slug, "a claim rule names a tenant that does not exist");
                continue;
            };
            let id = tenant.tenant.id;
            match claimed_tenants.iter_mut().find(|(known, _)| *known == id) {
                Some((_, known)) => *known = (*known).max(*role),
                None => claimed_tenants.push((id, *role)),
            }
        }
        let claimed_platform_role = if grants.contains(&&Grant::PlatformAdmin) {
            PlatformRole::Admin
        } else {
            PlatformRole::User
        };
        let user = self
            .store
            .store_sign_in(
                SignedIn {
                    issuer: identity.issuer,
                    subject: identity.subject,
                    email: identity.email,
                    email_verified: identity.email_verified,
                    name: identity.name,
                    claimed_platform_role,
                    claimed_tenants,
                    source,
                },
                Timestamp::now(),
            )
            .await?;
        if user.suspended {
            return Err(Problem::new(
                ProblemKind::Forbidden,
                "Your access to this portal is suspended.",
            )
            .next("Ask an admin of the platform."));
        }
        Ok(user)
    }

    /// Records that somebody signed out.
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
        Ok(self.store.append(entry).await?)
    }

    /// Whom a session stands for, with the rights of this moment; `None`: nobody any more.
    ///
    /// # Errors
    /// Internal if the database fails.
    pub async fn session_caller(
        &self,
        user: UserId,
        source: Option<String>,
    ) -> Result<Option<Caller>, Problem> {
        let user = self.store.user(user).await?;
        Ok(user
            .filter(|user| !user.suspended)
            .map(|user| caller(user, Channel::Session, source)))
    }

    /// Whom an API token stands for; `None`: nobody.
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
            .store
            .token_by_digest(&token_digest(secret), now)
            .await?;
        let Some((token, user)) = found.filter(|(_, user)| !user.suspended) else {
            return Ok(None);
        };
        // To the minute: a write for each request would cost more than the figure is worth.
        let fresh = token
            .last_used_at
            .is_some_and(|used| now.duration_since(used) < SignedDuration::from_mins(1));
        if !fresh && let Err(error) = self.store.note_token_use(token.id, now).await {
            tracing::warn!(error = %crate::error::causes(&error), "token use not noted");
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(claim: &str, value: &str) -> ClaimRule {
        ClaimRule {
            claim: claim.into(),
            value: value.into(),
            grant: Grant::PlatformAdmin,
        }
    }

    fn claims(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_rule_matches_a_text_or_one_of_a_list_exactly() {
        let groups = claims(json!({"cognito:groups": ["dev", "admins"], "team": "ops"}));
        assert!(rule("cognito:groups", "admins").matches(&groups));
        assert!(rule("team", "ops").matches(&groups));
        for (claim, value) in [
            ("cognito:groups", "admin"),
            ("cognito:groups", "Admins"),
            ("team", "op"),
            ("groups", "admins"),
        ] {
            assert!(!rule(claim, value).matches(&groups), "{claim} {value}");
        }
    }

    #[test]
    fn claims_of_other_shapes_give_nothing() {
        for odd in [
            json!({"g": 1}),
            json!({"g": {"a": "x"}}),
            json!({"g": null}),
        ] {
            assert!(!rule("g", "1").matches(&claims(odd)));
        }
    }
}
