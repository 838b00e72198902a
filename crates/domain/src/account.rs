//! The signed-in person's own account: who they are and their API tokens.

use crate::{
    access::{PlatformRole, TenantRole, TokenScope},
    ids::{TokenId, UserId},
    problem::FieldError,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One's role in one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantMembership {
    /// The tenant.
    pub tenant: TenantRef,
    /// Its environments.
    pub environments: Vec<EnvironmentRef>,
    /// The role; platform admins see every tenant and may hold none.
    pub role: Option<TenantRole>,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// Their id.
    #[serde(rename = "id")]
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The issuer they sign in with.
    pub issuer: String,
    /// Their role on the platform; with a token that does not reach there, `user`.
    pub platform_role: PlatformRole,
    /// Their tenants; with a token, those that it reaches.
    pub tenants: Vec<TenantMembership>,
    /// The token that the question came with; its scopes may be narrower than the role.
    pub token: Option<ApiToken>,
    /// The server's time.
    pub now: Timestamp,
}

/// An API token as listed; its secret is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// The first characters, to recognise it by.
    pub prefix: String,
    /// What it may do at most, whatever its owner may.
    pub scopes: Vec<TokenScope>,
    /// The one tenant it is for; `None`: all of its owner's.
    pub tenant: Option<TenantRef>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A request for a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInput {
    /// What it is for.
    pub name: String,
    /// Days until it ends, 1 to 365.
    pub expires_in_days: u32,
    /// What it may do, at least one. A form in which nothing is ticked sends none.
    #[serde(default)]
    pub scopes: Vec<TokenScope>,
    /// The slug of the one tenant it is for; none or empty: all of its owner's.
    #[serde(default)]
    pub tenant: Option<String>,
}

impl TokenInput {
    /// The longest life of a token, in days.
    pub const MAX_DAYS: u32 = 365;

    /// What a new token may do unless its maker chooses otherwise: the daily work of a developer.
    pub const USUAL_SCOPES: [TokenScope; 3] =
        [TokenScope::Read, TokenScope::Clusters, TokenScope::Nodes];

    /// The slug of the tenant, if it is for one.
    pub fn tenant(&self) -> Option<&str> {
        self.tenant
            .as_deref()
            .map(str::trim)
            .filter(|slug| !slug.is_empty())
    }

    /// Checks every field but the tenant, which only the database knows.
    ///
    /// # Errors
    /// One [`FieldError`] for each field at fault.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = self.name.trim();
        if name.is_empty() {
            errors.push(FieldError::new("name", "Say what the token is for."));
        } else if name.chars().count() > 60 {
            errors.push(FieldError::new("name", "At most 60 characters."));
        } else if name.chars().any(char::is_control) {
            errors.push(FieldError::new("name", "Use printable characters only."));
        }
        if !(1..=Self::MAX_DAYS).contains(&self.expires_in_days) {
            errors.push(FieldError::new(
                "expires_in_days",
                format!("Choose between 1 and {} days.", Self::MAX_DAYS),
            ));
        }
        if self.scopes.is_empty() {
            errors.push(FieldError::new("scopes", "Tick at least one."));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

/// A fresh token with its secret, shown this once.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewApiToken {
    /// The token as listed from now on.
    pub token: ApiToken,
    /// What goes into `Authorization: Bearer …`.
    pub secret: String,
}

impl std::fmt::Debug for NewApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewApiToken")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}
