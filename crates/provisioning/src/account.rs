//! The caller's own account: profile and API tokens.

use crate::{
    audit::{AuditAction, AuditEntry},
    new_id,
    ports::stores::Store,
    records::TokenRecord,
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    access::PlatformRole,
    account::{ApiToken, NewApiToken, Profile, TenantMembership, TokenInput},
    caller::{Caller, Channel},
    ids::{TokenId, UserId},
    problem::{Problem, ProblemKind},
    services::Account,
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What every API token begins with, so that secret scanners find it.
pub const TOKEN_PREFIX: &str = "hgr_";

/// The use cases on one's own account.
pub struct AccountService {
    store: Arc<dyn Store>,
}

impl AccountService {
    /// A service over this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

/// SHA-256 of a token's secret, in hexadecimal. The secret has 256 random bits, so a plain digest
/// cannot be guessed back.
pub fn token_digest(secret: &str) -> String {
    crate::hex(&Sha256::digest(secret.as_bytes()))
}

fn person(caller: &Caller) -> Result<UserId, Problem> {
    caller.user_id.ok_or_else(Problem::unauthenticated)
}

/// A token must not make or end tokens: whoever finds one could keep themselves in.
fn from_session(caller: &Caller) -> Result<UserId, Problem> {
    if caller.channel == Channel::Session {
        person(caller)
    } else {
        Err(Problem::new(
            ProblemKind::Forbidden,
            "API tokens are made and revoked in the browser, not with an API token.",
        )
        .next("Sign in and open the Account page."))
    }
}

impl From<TokenRecord> for ApiToken {
    fn from(token: TokenRecord) -> Self {
        Self {
            id: token.id,
            name: token.name,
            prefix: token.prefix,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

#[async_trait]
impl Account for AccountService {
    async fn profile(&self, caller: &Caller) -> Result<Profile, Problem> {
        let user = self
            .store
            .user(person(caller)?)
            .await?
            .ok_or_else(Problem::unauthenticated)?;
        let mut tenants: Vec<_> = user
            .memberships
            .into_iter()
            .map(|membership| TenantMembership {
                tenant: membership.tenant,
                environments: membership.environments,
                role: Some(membership.role),
            })
            .collect();
        if user.platform_role == PlatformRole::Admin {
            for tenant in self.store.tenants().await? {
                if !tenants.iter().any(|own| own.tenant.id == tenant.tenant.id) {
                    tenants.push(TenantMembership {
                        tenant: tenant.tenant,
                        environments: tenant.environments,
                        role: None,
                    });
                }
            }
        }
        tenants.sort_by(|one, other| one.tenant.name.cmp(&other.tenant.name));
        Ok(Profile {
            user_id: user.id,
            name: user.name,
            email: user.email,
            issuer: user.issuer,
            platform_role: user.platform_role,
            tenants,
            now: Timestamp::now(),
        })
    }

    async fn tokens(&self, caller: &Caller) -> Result<Vec<ApiToken>, Problem> {
        let tokens = self.store.tokens(person(caller)?, Timestamp::now()).await?;
        Ok(tokens.into_iter().map(Into::into).collect())
    }

    async fn create_token(
        &self,
        caller: &Caller,
        input: TokenInput,
    ) -> Result<NewApiToken, Problem> {
        let user_id = from_session(caller)?;
        input.validate().map_err(Problem::invalid)?;
        let now = Timestamp::now();
        let secret = format!(
            "{TOKEN_PREFIX}{}",
            URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
        );
        let token = TokenRecord {
            id: new_id(),
            user_id,
            name: input.name.trim().to_owned(),
            prefix: secret.chars().take(TOKEN_PREFIX.len() + 4).collect(),
            digest: token_digest(&secret),
            created_at: now,
            expires_at: now + SignedDuration::from_hours(24 * i64::from(input.expires_in_days)),
            last_used_at: None,
        };
        let audit = AuditEntry::by(
            caller,
            AuditAction::CreateToken,
            now,
            format!("token/{}", token.id),
            token.name.clone(),
        );
        self.store.store_token(token.clone(), audit).await?;
        Ok(NewApiToken {
            token: token.into(),
            secret,
        })
    }

    async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Result<(), Problem> {
        let user_id = from_session(caller)?;
        let now = Timestamp::now();
        let token = self
            .store
            .tokens(user_id, now)
            .await?
            .into_iter()
            .find(|token| token.id == id)
            .ok_or_else(|| Problem::not_found("token"))?;
        let audit = AuditEntry::by(
            caller,
            AuditAction::RevokeToken,
            now,
            format!("token/{id}"),
            token.name,
        );
        self.store.remove_token(user_id, id, audit).await?;
        Ok(())
    }
}
