//! The caller's own account: profile and API tokens.

use crate::{
    access::{PlatformRole, TenantRole, TokenScope},
    display_name::check_name,
    ids::{TokenId, UserId},
    problem::FieldError,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The caller's role in a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantMembership {
    pub tenant: TenantRef,
    pub environments: Vec<EnvironmentRef>,
    /// Platform admins see every tenant and may have no role in it.
    pub role: Option<TenantRole>,
}

/// The caller's profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    #[serde(rename = "id")]
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    /// The identity provider's issuer.
    pub issuer: String,
    /// The role on the platform; `user` for a token without platform permissions.
    pub platform_role: PlatformRole,
    /// The caller's tenants; with a token, only those it is valid for.
    pub tenants: Vec<TenantMembership>,
    /// Claims that the identity provider left out of the latest sign-in: roles that depend on them may be missing or
    /// outdated.
    pub withheld_claims: Vec<String>,
    /// The token of the request; its scopes can be narrower than the role.
    pub token: Option<ApiToken>,
    pub now: Timestamp,
}

/// An API token without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    pub id: TokenId,
    /// The purpose of the token.
    pub name: String,
    /// The first characters, to recognise the token.
    pub prefix: String,
    /// The scopes, which restrict the owner's permissions.
    pub scopes: Vec<TokenScope>,
    /// The only tenant that the token is valid for; `None`: all tenants of its owner.
    pub tenant: Option<TenantRef>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A request to create a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInput {
    /// The purpose of the token.
    pub name: String,
    /// Days until the token expires, 1 to 365.
    pub expires_in_days: u32,
    /// At least one scope. A form without a selected scope sends none.
    #[serde(default)]
    pub scopes: Vec<TokenScope>,
    /// The slug of the only tenant that the token is valid for; empty: all tenants of its owner.
    #[serde(default)]
    pub tenant: Option<String>,
}

impl TokenInput {
    /// In days.
    pub const MAX_DAYS: u32 = 365;

    /// The most tokens of a user that have not expired.
    pub const MOST: u32 = 100;

    /// The scopes that the form preselects.
    pub const USUAL_SCOPES: [TokenScope; 3] =
        [TokenScope::Read, TokenScope::Clusters, TokenScope::Nodes];

    /// The slug of the tenant, if the token is for one.
    pub fn tenant(&self) -> Option<&str> {
        self.tenant
            .as_deref()
            .map(str::trim)
            .filter(|slug| !slug.is_empty())
    }

    /// Checks every field except the tenant, which needs the database.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if let Err(message) = check_name(&self.name) {
            errors.push(FieldError::new("name", message));
        }
        if !(1..=Self::MAX_DAYS).contains(&self.expires_in_days) {
            errors.push(FieldError::new(
                "expires_in_days",
                format!("Expiry must be between 1 and {} days.", Self::MAX_DAYS),
            ));
        }
        if self.scopes.is_empty() {
            errors.push(FieldError::new("scopes", "Select at least one scope."));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

/// A new token with its secret, which is shown only once.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewApiToken {
    pub token: ApiToken,
    /// The value for `Authorization: Bearer …`.
    pub secret: String,
}

impl std::fmt::Debug for NewApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewApiToken")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}
