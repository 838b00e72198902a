//! Roles: one on the platform, and one in each tenant.

use serde::{Deserialize, Serialize};

/// A user's role on the platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlatformRole {
    /// Has the permissions of their tenant roles only.
    #[default]
    User,
    /// Administers the platform.
    Admin,
}

/// A user's role in one tenant; each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TenantRole {
    /// Sees everything.
    Viewer,
    /// Creates, uses and deletes resources.
    Developer,
    /// Administers the tenant.
    Admin,
}

impl PlatformRole {
    /// The lower role first.
    pub const ALL: [Self; 2] = [Self::User, Self::Admin];

    /// As stored, and as written in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

impl TenantRole {
    /// The lowest role first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Developer, Self::Admin];

    /// As stored, and as written in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Admin => "admin",
        }
    }
}
