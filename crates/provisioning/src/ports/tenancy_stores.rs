//! The store of tenants as admins see and change them. Each method is one transaction; whatever it
//! announces, it announces after commit. Changes in an archived tenant are not made.

use super::stores::{Extent, Stored};
use crate::audit::AuditEntry;
use async_trait::async_trait;
use domain::{
    access::TenantRole,
    ids::{EnvironmentId, InvitationId, TenantId, UserId},
    room::EnvironmentRoom,
    tenancy::{
        EnvironmentDetail, EnvironmentInput, EnvironmentLimits, Invitation, Member, Obstacle,
        TenantInput, TenantRef, TenantSummary,
    },
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

/// Tenants, their environments, members and invitations.
#[async_trait]
pub trait TenancyStore: Send + Sync {
    /// The tenants in `scope`, by name; archived ones too if asked for.
    async fn tenant_summaries(&self, scope: &Extent, archived: bool) -> Stored<Vec<TenantSummary>>;

    /// One tenant, also an archived one; of its invitations those that end after `now`.
    async fn tenant(&self, key: TenantKey<'_>, now: Timestamp) -> Stored<Option<TenantRecord>>;

    /// What is in a tenant (or only its environment) that has to go before it can be archived, at
    /// most 100.
    async fn obstacles(
        &self,
        tenant: TenantId,
        environment: Option<EnvironmentId>,
    ) -> Stored<Vec<Obstacle>>;

    /// Creates a tenant.
    async fn create_tenant(
        &self,
        id: TenantId,
        input: &TenantInput,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged>;

    /// Renames a tenant that is as in `version`.
    async fn rename_tenant(
        &self,
        id: TenantId,
        name: &str,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged>;

    /// Archives a tenant in which nothing is left, with its environments; withdraws its open
    /// invitations; announces to its members that their rights changed.
    async fn archive_tenant(&self, id: TenantId, audit: AuditEntry) -> Stored<TenancyChanged>;

    /// Creates an environment with its workspace, which is due at once; announces it.
    async fn create_environment(
        &self,
        tenant: TenantId,
        id: EnvironmentId,
        input: &EnvironmentInput,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged>;

    /// Renames an environment that is as in `version`.
    async fn rename_environment(
        &self,
        tenant: TenantId,
        id: EnvironmentId,
        name: &str,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged>;

    /// The environments of `scope` that have limits and are not archived, with what is in them.
    async fn rooms(&self, scope: &Extent) -> Stored<Vec<EnvironmentRoom>>;

    /// Sets the limits of an environment that is as in `version`.
    async fn set_limits(
        &self,
        tenant: TenantId,
        id: EnvironmentId,
        limits: EnvironmentLimits,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged>;

    /// Archives an environment in which nothing is left.
    async fn archive_environment(
        &self,
        tenant: TenantId,
        id: EnvironmentId,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged>;

    /// Gives somebody a role by hand, or another one; withdraws invitations of theirs; announces it.
    /// The entry's `who` and `at` are kept as by whom and when; what changed is added to it.
    async fn set_member(
        &self,
        tenant: TenantId,
        user: UserId,
        role: TenantRole,
        audit: AuditEntry,
    ) -> Stored<MemberChanged>;

    /// Takes the role away that was given by hand; announces it.
    async fn remove_member(
        &self,
        tenant: TenantId,
        user: UserId,
        audit: AuditEntry,
    ) -> Stored<MemberChanged>;

    /// Opens an invitation, in place of one to the same address whose time is over.
    async fn invite(&self, new: NewInvitation, audit: AuditEntry) -> Stored<Invited>;

    /// Withdraws an open invitation. `false`: there is none. Its address becomes the name in the entry.
    async fn withdraw_invitation(
        &self,
        tenant: TenantId,
        id: InvitationId,
        audit: AuditEntry,
    ) -> Stored<bool>;
}
