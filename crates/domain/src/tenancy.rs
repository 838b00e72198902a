//! Tenants and their environments.

use crate::{
    access::TenantRole,
    ids::{EnvironmentId, InvitationId, TenantId, UserId},
    money::MicroDollars,
    users::GrantSource,
};
use jiff::Timestamp;
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

/// A tenant in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantSummary {
    /// The tenant.
    #[serde(flatten)]
    pub tenant: TenantRef,
    /// How many people have a role in it.
    pub members: u32,
    /// Its environments that are not archived.
    pub environments: Vec<EnvironmentRef>,
    /// Clusters that are not deleted.
    pub clusters: u32,
    /// Nodes that are not taken down.
    pub nodes: u32,
    /// When it was archived.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub archived_at: Option<Timestamp>,
}

/// Ceilings of an environment; `None`: there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentLimits {
    /// Clusters that are not deleted.
    pub max_clusters: Option<u32>,
    /// Nodes that are not taken down.
    pub max_nodes: Option<u32>,
    /// What all of them together may cost an hour.
    pub max_price_per_hour: Option<MicroDollars>,
}

/// What is in an environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentUse {
    /// Clusters that are not deleted.
    pub clusters: u32,
    /// Nodes that are not taken down.
    pub nodes: u32,
    /// What they cost an hour; a node whose price nobody knows counts as free.
    pub price_per_hour: MicroDollars,
}

/// An environment with its limits and what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentDetail {
    /// The environment.
    #[serde(flatten)]
    pub environment: EnvironmentRef,
    /// Its limits.
    pub limits: EnvironmentLimits,
    /// Clusters that are not deleted.
    pub clusters: u32,
    /// Nodes that are not taken down.
    pub nodes: u32,
    /// What they cost an hour.
    pub price_per_hour: MicroDollars,
    /// When it was archived.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub archived_at: Option<Timestamp>,
    /// Counts up with every change; requests say which one they saw.
    pub version: i64,
}

/// Somebody with a role in a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Their id.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The role that counts.
    pub role: TenantRole,
    /// Where it comes from. A role from a claim cannot be taken away here, only raised.
    pub source: GrantSource,
    /// The role that a person granted, which may be lower than the one that counts; `None`: none.
    pub granted: Option<TenantRole>,
    /// Suspended people can do nothing.
    pub suspended: bool,
    /// When they last signed in.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub last_seen_at: Option<Timestamp>,
}

/// An invitation that nobody has accepted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The address; whoever first signs in with it, verified, gets the role.
    pub email: String,
    /// The role.
    pub role: TenantRole,
    /// Who invited.
    pub invited_by: String,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// When it ends.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
}

/// A tenant with everything in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantDetail {
    /// The tenant.
    #[serde(flatten)]
    pub tenant: TenantRef,
    /// Its environments, archived ones last.
    pub environments: Vec<EnvironmentDetail>,
    /// Its members, by name.
    pub members: Vec<Member>,
    /// Open invitations, newest first; empty for those who may not manage members.
    pub invitations: Vec<Invitation>,
    /// When it was archived.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub archived_at: Option<Timestamp>,
    /// The caller's role in it; platform admins may have none.
    pub my_role: Option<TenantRole>,
    /// Counts up with every change; requests say which one they saw.
    pub version: i64,
    /// The server's time.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub now: Timestamp,
}

/// What stands in the way of archiving, by kind: “clusters”, “nodes”, “credentials”.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Obstacle {
    /// What: `cluster`, `node`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The environment it is in.
    pub environment: String,
}

/// A request for a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantInput {
    /// What people call it.
    pub name: String,
    /// What requests call it: `vision`. It cannot be changed later.
    pub slug: String,
}

/// A request for an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentInput {
    /// What people call it.
    pub name: String,
    /// What requests call it: `dev`. It cannot be changed later.
    pub slug: String,
}

/// Somebody to be invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationInput {
    /// The address.
    pub email: String,
    /// The role.
    pub role: TenantRole,
}
