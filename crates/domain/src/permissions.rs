//! The permission table for users and programs. Only [`crate::access`] makes decisions.

use crate::access::{
    Action, PlatformAction, PlatformRole, TenantRole, TokenScope, allows, allows_on_platform,
};
use serde::{Deserialize, Serialize};

/// All actions with the roles that may perform them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionTable {
    /// Actions on something that belongs to a tenant.
    pub in_tenants: Vec<TenantPermission>,
    /// Actions on the platform as a whole.
    pub on_platform: Vec<PlatformPermission>,
}

/// The roles that may perform an action in a tenant; platform admins always may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantPermission {
    pub action: Action,
    pub title: String,
    /// The tenant roles that may.
    pub roles: Vec<TenantRole>,
    /// An API token needs one of these scopes.
    pub scopes: Vec<TokenScope>,
}

/// The roles that may perform an action on the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlatformPermission {
    pub action: PlatformAction,
    pub title: String,
    /// The platform roles that may.
    pub roles: Vec<PlatformRole>,
    /// An API token needs one of these scopes, and must not be limited to one tenant.
    pub scopes: Vec<TokenScope>,
}

impl PermissionTable {
    /// Builds the table from the functions that decide.
    pub fn current() -> Self {
        let in_tenants = Action::ALL.into_iter().map(|action| TenantPermission {
            action,
            title: action.title().to_owned(),
            roles: TenantRole::ALL
                .into_iter()
                .filter(|role| allows(action, PlatformRole::User, Some(*role)))
                .collect(),
            scopes: TokenScope::ALL
                .into_iter()
                .filter(|scope| scope.includes(action))
                .collect(),
        });
        let on_platform = PlatformAction::ALL
            .into_iter()
            .map(|action| PlatformPermission {
                action,
                title: action.title().to_owned(),
                roles: PlatformRole::ALL
                    .into_iter()
                    .filter(|role| allows_on_platform(action, *role))
                    .collect(),
                scopes: vec![TokenScope::Admin],
            });
        Self {
            in_tenants: in_tenants.collect(),
            on_platform: on_platform.collect(),
        }
    }
}
