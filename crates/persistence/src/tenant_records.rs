//! Records of tenants as admins see and change them.

use domain::{
    access::TenantRole,
    ids::{InvitationId, TenantId, UserId},
    tenancy::{EnvironmentDetail, Invitation, Member, Obstacle, TenantRef},
};
use jiff::Timestamp;

/// A tenant with everything in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRecord {
    /// The tenant.
    pub tenant: TenantRef,
    /// Its environments by name, archived ones last.
    pub environments: Vec<EnvironmentDetail>,
    /// Its members, by name.
    pub members: Vec<Member>,
    /// Open invitations that have not ended, newest first.
    pub invitations: Vec<Invitation>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Counts up with every change of the tenant itself.
    pub version: i64,
}

/// Which tenant.
#[derive(Clone, Copy, Debug)]
pub enum TenantKey<'a> {
    /// The one with this id.
    Id(TenantId),
    /// The one with this slug.
    Slug(&'a str),
}

/// What became of a change of a tenant or environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenancyChanged {
    /// It is stored, with its audit entry.
    Done,
    /// There is none, or it is archived.
    Missing,
    /// It is no longer as in the version that was named.
    Stale,
    /// The slug is or was in use.
    SlugTaken,
    /// There is still something in it, of which these are the first.
    NotEmpty(Vec<Obstacle>),
}

/// What became of a change of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChanged {
    /// It is stored, with its audit entry.
    Done,
    /// It was so already; nothing was written.
    AlreadySo,
    /// There is no such tenant, or it is archived, or there is no such person.
    Missing,
}

/// Somebody to be invited.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// To which tenant.
    pub tenant_id: TenantId,
    /// The address as written.
    pub email: String,
    /// The role.
    pub role: TenantRole,
    /// Who invites.
    pub invited_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What became of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invited {
    /// It is open.
    Open(Invitation),
    /// One to this address is open already.
    Already(Invitation),
    /// There is no such tenant, or it is archived.
    Missing,
}
