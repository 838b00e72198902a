//! The caller's own account: profile and API tokens.

use crate::{
    authorization::authorize_on_platform,
    errors::{AccessError, AccountError, InputError},
    target::visible_tenant,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    access::{Action, PlatformAction, PlatformRole, TokenReach, TokenScope},
    account::{ApiToken, NewApiToken, Profile, TenantMembership, TokenInput},
    audit::AuditAction,
    caller::{Caller, Channel},
    ids::{TokenId, UserId},
    permissions::PermissionTable,
    problem::Problem,
    tenancy::TenantRef,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{Database, audit_records::AuditEntry, new_id, records::TokenRecord};
use sha2::{Digest, Sha256};

/// What every API token begins with, so that secret scanners find it.
pub const TOKEN_PREFIX: &str = "hgr_";

/// The use cases on one's own account.
pub struct Account {
    db: Database,
}

impl Account {
    pub fn new(db: Database) -> Self {
        Self { db }
    }

    /// Who they are and what they may do.
    ///
    /// # Errors
    /// Unauthenticated.
    pub async fn profile(&self, caller: &Caller) -> Result<Profile, Problem> {
        let user = self
            .db
            .users()
            .get(user_id(caller)?)
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
            for tenant in self.db.tenants().active().await? {
                if !tenants.iter().any(|own| own.tenant.id == tenant.tenant.id) {
                    tenants.push(TenantMembership {
                        tenant: tenant.tenant,
                        environments: tenant.environments,
                        role: None,
                    });
                }
            }
        }
        tenants.retain(|own| caller.may(Action::ReadTenant, own.tenant.id));
        tenants.sort_by(|one, other| one.tenant.name.cmp(&other.tenant.name));
        Ok(Profile {
            user_id: user.id,
            name: user.name,
            email: user.email,
            issuer: user.issuer,
            platform_role: reached_role(caller, user.platform_role),
            tenants,
            withheld_claims: user.withheld_claims,
            token: self.token_of(caller).await?,
            now: Timestamp::now(),
        })
    }

    /// Their unexpired tokens, newest first.
    ///
    /// # Errors
    /// Forbidden with an API token.
    pub async fn tokens(&self, caller: &Caller) -> Result<Vec<ApiToken>, Problem> {
        let user_id = from_session(caller)?;
        let tokens = self.db.tokens().list(user_id, Timestamp::now()).await?;
        Ok(tokens.into_iter().map(view).collect())
    }

    /// A new token. Only from a session: a token cannot create tokens.
    ///
    /// # Errors
    /// Invalid, too many tokens, or forbidden with an API token.
    pub async fn create_token(
        &self,
        caller: &Caller,
        input: TokenInput,
    ) -> Result<NewApiToken, Problem> {
        let user_id = from_session(caller)?;
        let tenant = self.reached(caller, &input).await?;
        let (scopes, names) = scopes(&input.scopes);
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
            scopes,
            tenant,
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
        )
        .with_detail(format!(
            "{names} · {} · {} d",
            token
                .tenant
                .as_ref()
                .map_or("all tenants", |tenant| &*tenant.name),
            input.expires_in_days
        ));
        let tokens = self.db.tokens();
        if !tokens
            .create(token.clone(), TokenInput::MOST, audit)
            .await?
        {
            return Err(AccountError::TooManyTokens.into());
        }
        Ok(NewApiToken {
            token: view(token),
            secret,
        })
    }

    /// Revokes a token immediately.
    ///
    /// # Errors
    /// Not found, or forbidden with an API token.
    pub async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Result<(), Problem> {
        let user_id = from_session(caller)?;
        let now = Timestamp::now();
        let token = self
            .db
            .tokens()
            .list(user_id, now)
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
        self.db.tokens().revoke(user_id, id, audit).await?;
        Ok(())
    }

    /// Who may do what; for platform admins.
    ///
    /// # Errors
    /// Forbidden.
    pub async fn permissions(&self, caller: &Caller) -> Result<PermissionTable, Problem> {
        authorize_on_platform(caller, PlatformAction::ReadPermissions)?;
        Ok(PermissionTable::current())
    }

    /// The token that `caller` came with.
    async fn token_of(&self, caller: &Caller) -> Result<Option<ApiToken>, Problem> {
        let (Channel::ApiToken(id), Some(user_id)) = (caller.channel, caller.user_id) else {
            return Ok(None);
        };
        let tokens = self.db.tokens().list(user_id, Timestamp::now()).await?;
        let own = tokens.into_iter().find(|token| token.id == id);
        Ok(own.map(view))
    }

    /// The one tenant that a valid token is to be for. Foreign and missing look the same.
    async fn reached(
        &self,
        caller: &Caller,
        input: &TokenInput,
    ) -> Result<Option<TenantRef>, Problem> {
        let valid = input.validate().map_err(InputError::from);
        let Some(slug) = input.tenant() else {
            return Ok(valid.map(|_| None)?);
        };
        let tenant = visible_tenant(&self.db, caller, slug).await;
        let (_, tenant) = InputError::both(valid, tenant)?;
        Ok(Some(tenant.tenant))
    }
}

/// The role on the platform, as far as a token reaches.
fn reached_role(caller: &Caller, role: PlatformRole) -> PlatformRole {
    let reach = caller.token_reach.as_ref();
    if reach.is_none_or(TokenReach::includes_platform) {
        role
    } else {
        PlatformRole::User
    }
}

/// Each scope once and in their order, and their names.
fn scopes(asked: &[TokenScope]) -> (Vec<TokenScope>, String) {
    let mut scopes = asked.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let names = names.join(", ");
    (scopes, names)
}

/// SHA-256 of a token's secret, in hexadecimal. The secret has 256 random bits, so a plain digest
/// cannot be guessed back.
pub fn token_digest(secret: &str) -> String {
    crate::hex(&Sha256::digest(secret.as_bytes()))
}

fn user_id(caller: &Caller) -> Result<UserId, Problem> {
    caller.user_id.ok_or_else(Problem::unauthenticated)
}

/// A leaked token must not be enough to create another one.
fn from_session(caller: &Caller) -> Result<UserId, Problem> {
    if caller.channel == Channel::Session {
        user_id(caller)
    } else {
        Err(AccessError::SessionRequired.into())
    }
}

/// The wire form of a token.
pub(crate) fn view(token: TokenRecord) -> ApiToken {
    ApiToken {
        id: token.id,
        name: token.name,
        prefix: token.prefix,
        scopes: token.scopes,
        tenant: token.tenant,
        created_at: token.created_at,
        expires_at: token.expires_at,
        last_used_at: token.last_used_at,
    }
}
