//! Records of tenants as admins see and change them.

use domain::{
    access::TenantRole,
    ids::{InvitationId, TenantId, UserId},
    tenancy::{EnvironmentDetail, Invitation, Member, Obstacle, TenantRef},
};
use jiff::Timestamp;

/// A tenant with its environments, members and invitations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRecord {
    pub tenant: TenantRef,
    /// By name, archived ones last.
    pub environments: Vec<EnvironmentDetail>,
    /// By name.
    pub members: Vec<Member>,
    /// Open and not expired, newest first.
    pub invitations: Vec<Invitation>,
    pub archived_at: Option<Timestamp>,
    /// Counts up with every change of the tenant itself.
    pub version: i64,
}

#[derive(Clone, Copy, Debug)]
pub enum TenantKey<'a> {
    Id(TenantId),
    Slug(&'a str),
}

/// The outcome of a change of a tenant or environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenancyChanged {
    /// Stored, with its audit entry.
    Done,
    /// Not found, or archived.
    Missing,
    /// Changed since the given version.
    Stale,
    /// The slug is or was in use.
    SlugTaken,
    /// The name looks like that of another tenant.
    NameTaken,
    /// Not empty; these are the first obstacles.
    NotEmpty(Vec<Obstacle>),
}

/// The outcome of a change of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChanged {
    /// Stored, with its audit entry.
    Done,
    /// The member already has (or lacks) the role; nothing was written.
    AlreadySo,
    /// No such user, or no such tenant, or the tenant is archived.
    Missing,
}

#[derive(Clone, Debug)]
pub struct NewInvitation {
    pub id: InvitationId,
    pub tenant_id: TenantId,
    /// As typed.
    pub email: String,
    pub role: TenantRole,
    pub invited_by: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// The outcome of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invited {
    Open(Invitation),
    /// An invitation to this address is already open.
    Already(Invitation),
    /// No such tenant, or the tenant is archived.
    Missing,
}
