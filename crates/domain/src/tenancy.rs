//! Tenants and their environments.

use crate::ids::{EnvironmentId, TenantId};
use serde::{Deserialize, Serialize};

/// A tenant as others refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantRef {
    /// Its id.
    pub id: TenantId,
    /// What requests and configuration call it: `vision`.
    pub slug: String,
    /// What people call it: `Vision team`.
    pub name: String,
}

/// An environment as others refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentRef {
    /// Its id.
    pub id: EnvironmentId,
    /// What requests call it: `dev`.
    pub slug: String,
    /// What people call it.
    pub name: String,
}

/// A tenant with its environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tenant {
    /// The tenant.
    #[serde(flatten)]
    pub tenant: TenantRef,
    /// Its environments, by name.
    pub environments: Vec<EnvironmentRef>,
}
