//! Tenants as admins see and change them: the store's trait, each method of which is one transaction.

use crate::{
    audit_records::AuditEntry,
    error::Stored,
    handles::Tenants,
    invitations, limits, members, tenant_changes,
    tenant_records::{
        Invited, MemberChanged, NewInvitation, TenancyChanged, TenantKey, TenantRecord,
    },
    tenant_views,
    transaction::doing,
};
use domain::{
    access::TenantRole,
    caller::TenantScope,
    ids::{EnvironmentId, InvitationId, TenantId, UserId},
    quota::QuotaUsage,
    tenancy::{EnvironmentInput, EnvironmentLimits, Obstacle, TenantInput, TenantSummary},
};
use jiff::Timestamp;

impl Tenants<'_> {
    /// The tenants in `scope`, by name; archived ones too if asked for.
    pub async fn list(self, scope: &TenantScope, archived: bool) -> Stored<Vec<TenantSummary>> {
        doing(
            "list tenants with what is in them",
            tenant_views::summaries(self.0, scope, archived),
        )
        .await
    }

    /// One tenant, also an archived one; of its invitations those that end after `now`.
    pub async fn get(self, key: TenantKey<'_>, now: Timestamp) -> Stored<Option<TenantRecord>> {
        doing("read a tenant", tenant_views::one(self.0, key, now)).await
    }

    /// What is in a tenant (or only its environment) that has to go before it can be archived, at
    /// most 100.
    pub async fn obstacles(
        self,
        tenant: TenantId,
        environment: Option<EnvironmentId>,
    ) -> Stored<Vec<Obstacle>> {
        doing("look at what is in a tenant", async {
            let mut reading = self.0.read().await?;
            let found = tenant_views::obstacles(&mut reading, tenant, environment).await?;
            reading.commit().await?;
            Ok(found)
        })
        .await
    }

    /// Creates a tenant.
    pub async fn create(
        self,
        id: TenantId,
        input: &TenantInput,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "create a tenant",
            tenant_changes::create_tenant(self.0, id, input, &audit),
        )
        .await
    }

    /// Renames a tenant that is as in `version`.
    pub async fn rename(
        self,
        id: TenantId,
        name: &str,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "rename a tenant",
            tenant_changes::rename_tenant(self.0, id, name, version, audit),
        )
        .await
    }

    /// Archives a tenant in which nothing is left, with its environments; withdraws its open
    /// invitations; announces to its members that their rights changed.
    pub async fn archive(self, id: TenantId, audit: AuditEntry) -> Stored<TenancyChanged> {
        doing(
            "archive a tenant",
            tenant_changes::archive_tenant(self.0, id, &audit),
        )
        .await
    }

    /// Creates an environment with its workspace, which is due at once; announces it.
    pub async fn create_environment(
        self,
        tenant: TenantId,
        id: EnvironmentId,
        input: &EnvironmentInput,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "create an environment",
            tenant_changes::create_environment(self.0, tenant, id, input, &audit),
        )
        .await
    }

    /// Renames an environment that is as in `version`.
    pub async fn rename_environment(
        self,
        tenant: TenantId,
        id: EnvironmentId,
        name: &str,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "rename an environment",
            tenant_changes::rename_environment(self.0, tenant, id, name, version, audit),
        )
        .await
    }

    /// The environments of `scope` that have limits and are not archived, with what is in them.
    pub async fn quotas(self, scope: &TenantScope) -> Stored<Vec<QuotaUsage>> {
        doing("look at limits", limits::quotas(self.0, scope)).await
    }

    /// Sets the limits of an environment that is as in `version`.
    pub async fn set_limits(
        self,
        tenant: TenantId,
        id: EnvironmentId,
        limits: EnvironmentLimits,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "set the limits of an environment",
            tenant_changes::set_limits(self.0, tenant, id, limits, version, audit),
        )
        .await
    }

    /// Archives an environment in which nothing is left.
    pub async fn archive_environment(
        self,
        tenant: TenantId,
        id: EnvironmentId,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "archive an environment",
            tenant_changes::archive_environment(self.0, tenant, id, &audit),
        )
        .await
    }

    /// Gives somebody a role by hand, or another one; withdraws invitations of theirs; announces it.
    /// The entry's `who` and `at` are kept as by whom and when; what changed is added to it.
    pub async fn set_member(
        self,
        tenant: TenantId,
        user: UserId,
        role: TenantRole,
        audit: AuditEntry,
    ) -> Stored<MemberChanged> {
        doing(
            "give somebody a role in a tenant",
            members::set(self.0, tenant, user, role, audit),
        )
        .await
    }

    /// Takes the role away that was given by hand; announces it.
    pub async fn remove_member(
        self,
        tenant: TenantId,
        user: UserId,
        audit: AuditEntry,
    ) -> Stored<MemberChanged> {
        doing(
            "take somebody's role in a tenant away",
            members::remove(self.0, tenant, user, audit),
        )
        .await
    }

    /// Opens an invitation, in place of one to the same address whose time is over.
    pub async fn invite(self, new: NewInvitation, audit: AuditEntry) -> Stored<Invited> {
        doing("invite somebody", invitations::open(self.0, &new, &audit)).await
    }

    /// Withdraws an open invitation. `false`: there is none. Its address becomes the name in the entry.
    pub async fn cancel_invitation(
        self,
        tenant: TenantId,
        id: InvitationId,
        audit: AuditEntry,
    ) -> Stored<bool> {
        doing(
            "withdraw an invitation",
            invitations::cancel(self.0, tenant, id, audit),
        )
        .await
    }
}
