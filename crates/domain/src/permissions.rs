//! The table of who may do what, to be read by people and programs. Decisions are made by [`crate::access`] alone.

use crate::access::{
    Action, PlatformAction, PlatformRole, TenantRole, TokenScope, allows, allows_on_platform,
};
use serde::{Deserialize, Serialize};

/// Everything that can be done, with who may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionTable {
    /// What is done to something of a tenant.
    pub in_tenants: Vec<TenantPermission>,
    /// What concerns the whole platform.
    pub on_platform: Vec<PlatformPermission>,
}

/// Who may do something in a tenant; platform admins always may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantPermission {
    /// What.
    pub action: Action,
    /// What, in words.
    pub title: String,
    /// The roles in the tenant that may.
    pub roles: Vec<TenantRole>,
    /// The scopes of which an API token needs one.
    pub scopes: Vec<TokenScope>,
}

/// Who may do something on the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlatformPermission {
    /// What.
    pub action: PlatformAction,
    /// What, in words.
    pub title: String,
    /// The roles on the platform that may.
    pub roles: Vec<PlatformRole>,
    /// The scopes of which an API token needs one; it must not be for one tenant only.
    pub scopes: Vec<TokenScope>,
}

impl PermissionTable {
    /// The table, asked of those who decide.
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
