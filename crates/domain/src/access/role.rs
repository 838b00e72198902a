//! Roles: one on the platform, and one in each tenant.

use serde::{Deserialize, Serialize};

/// A person's role on the whole platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlatformRole {
    /// May do what their tenant roles allow.
    #[default]
    User,
    /// Runs the platform.
    Admin,
}

/// A person's role in one tenant; each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TenantRole {
    /// Sees what there is.
    Viewer,
    /// Orders, uses and deletes.
    Developer,
    /// Runs the tenant.
    Admin,
}

impl PlatformRole {
    /// Both roles, the lower first.
    pub const ALL: [Self; 2] = [Self::User, Self::Admin];

    /// The word in the database and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

impl TenantRole {
    /// Every role, the lowest first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Developer, Self::Admin];

    /// The word in the database and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Admin => "admin",
        }
    }
}
