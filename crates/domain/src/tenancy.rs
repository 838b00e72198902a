//! Tenants and their environments.

use crate::{
    access::TenantRole,
    ids::{EnvironmentId, InvitationId, TenantId, UserId},
    money::MicroDollars,
    users::GrantSource,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A reference to a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantRef {
    pub id: TenantId,
    /// The name in requests and in the configuration: `vision`.
    pub slug: String,
    /// The display name: `Vision team`.
    pub name: String,
}

/// A reference to an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentRef {
    pub id: EnvironmentId,
    /// The name in requests: `dev`.
    pub slug: String,
    /// The display name.
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tenant {
    #[serde(flatten)]
    pub tenant: TenantRef,
    /// Sorted by name.
    pub environments: Vec<EnvironmentRef>,
}

/// A tenant in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantSummary {
    #[serde(flatten)]
    pub tenant: TenantRef,
    /// The number of users with a role in it.
    pub members: u32,
    /// Environments that are not archived.
    pub environments: Vec<EnvironmentRef>,
    /// Clusters that are not deleted.
    pub clusters: u32,
    /// Nodes that are not deleted.
    pub nodes: u32,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
}

/// Limits of an environment; `None`: no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentLimits {
    /// Clusters that are not deleted.
    pub max_clusters: Option<u32>,
    /// Nodes that are not deleted.
    pub max_nodes: Option<u32>,
    /// The total price per hour.
    pub max_price_per_hour: Option<MicroDollars>,
}

/// The usage of an environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentUse {
    /// Clusters that are not deleted.
    pub clusters: u32,
    /// Nodes that are not deleted.
    pub nodes: u32,
    /// The total price per hour; an unknown price of a node counts as free.
    pub price_per_hour: MicroDollars,
}

/// An environment with its limits and usage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentDetail {
    #[serde(flatten)]
    pub environment: EnvironmentRef,
    pub limits: EnvironmentLimits,
    /// Clusters that are not deleted.
    pub clusters: u32,
    /// Nodes that are not deleted.
    pub nodes: u32,
    /// The total price per hour.
    pub price_per_hour: MicroDollars,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Increases with every change; requests state the version they are based on.
    pub version: i64,
}

/// A user with a role in a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    /// The effective role.
    pub role: TenantRole,
    /// The source of the role. A role from a claim cannot be revoked in the portal, only raised.
    pub source: GrantSource,
    /// The role that an admin granted, which may be lower than the effective one; `None`: none.
    pub granted: Option<TenantRole>,
    /// Suspended users have no access.
    pub suspended: bool,
    /// When they last signed in.
    pub last_seen_at: Option<Timestamp>,
}

/// An open invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub id: InvitationId,
    /// The first user who signs in with this verified address gets the role.
    pub email: String,
    pub role: TenantRole,
    /// The name of the user who sent it.
    pub invited_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A tenant with everything in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantDetail {
    #[serde(flatten)]
    pub tenant: TenantRef,
    /// Archived ones last.
    pub environments: Vec<EnvironmentDetail>,
    /// Sorted by name.
    pub members: Vec<Member>,
    /// Open invitations, newest first; empty for callers who may not manage members.
    pub invitations: Vec<Invitation>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// The caller's role; platform admins may have none.
    pub my_role: Option<TenantRole>,
    /// Increases with every change; requests state the version they are based on.
    pub version: i64,
    /// The server's time.
    pub now: Timestamp,
}

/// A resource that prevents archiving.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Obstacle {
    pub kind: String,
    pub name: String,
    /// The slug of its environment.
    pub environment: String,
}

/// A request to create a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantInput {
    /// The display name.
    pub name: String,
    /// The name in requests: `vision`. It cannot be changed later.
    pub slug: String,
}

/// A request to create an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentInput {
    /// The display name.
    pub name: String,
    /// The name in requests: `dev`. It cannot be changed later.
    pub slug: String,
}

/// A request to invite a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationInput {
    /// The email address.
    pub email: String,
    pub role: TenantRole,
    /// Which user is meant, if several have this verified address.
    #[serde(default)]
    pub user_id: Option<UserId>,
}

/// A user with the verified address of an invitation, who has signed in before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitedUser {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    /// The identity provider's issuer.
    pub issuer: String,
    pub suspended: bool,
    pub last_seen_at: Option<Timestamp>,
}

/// The outcome of an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteOutcome {
    /// The first user who signs in with the address gets the role.
    Invitation(Invitation),
    /// This user has the role now.
    Added(InvitedUser),
    /// Nothing was changed: one of these users must be chosen.
    Ambiguous(Vec<InvitedUser>),
}
