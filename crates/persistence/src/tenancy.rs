//! Tenants as admins see and change them: the store's trait, each method of which is one transaction.

use crate::{
    database::Database, invitations, limits, members, tenant_changes, tenant_views,
    transaction::doing,
};
use async_trait::async_trait;
use domain::{
    access::TenantRole,
    ids::{EnvironmentId, InvitationId, TenantId, UserId},
    room::EnvironmentRoom,
    tenancy::{EnvironmentInput, EnvironmentLimits, Obstacle, TenantInput, TenantSummary},
};
use jiff::Timestamp;
use provisioning::{
    audit::AuditEntry,
    ports::{
        stores::{Extent, Stored},
        tenancy_stores::{
            Invited, MemberChanged, NewInvitation, TenancyChanged, TenancyStore, TenantKey,
            TenantRecord,
        },
    },
};

#[async_trait]
impl TenancyStore for Database {
    async fn tenant_summaries(&self, scope: &Extent, archived: bool) -> Stored<Vec<TenantSummary>> {
        doing(
            "list tenants with what is in them",
            tenant_views::summaries(self, scope, archived),
        )
        .await
    }

    async fn tenant(&self, key: TenantKey<'_>, now: Timestamp) -> Stored<Option<TenantRecord>> {
        doing("read a tenant", tenant_views::one(self, key, now)).await
    }

    async fn obstacles(
        &self,
        tenant: TenantId,
        environment: Option<EnvironmentId>,
    ) -> Stored<Vec<Obstacle>> {
        doing("look at what is in a tenant", async {
            let mut reading = self.read().await?;
            let found = tenant_views::obstacles(&mut reading, tenant, environment).await?;
            reading.commit().await?;
            Ok(found)
        })
        .await
    }

    async fn create_tenant(
        &self,
        id: TenantId,
        input: &TenantInput,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "create a tenant",
            tenant_changes::create_tenant(self, id, input, &audit),
        )
        .await
    }

    async fn rename_tenant(
        &self,
        id: TenantId,
        name: &str,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "rename a tenant",
            tenant_changes::rename_tenant(self, id, name, version, audit),
        )
        .await
    }

    async fn archive_tenant(&self, id: TenantId, audit: AuditEntry) -> Stored<TenancyChanged> {
        doing(
            "archive a tenant",
            tenant_changes::archive_tenant(self, id, &audit),
        )
        .await
    }

    async fn create_environment(
        &self,
        tenant: TenantId,
        id: EnvironmentId,
        input: &EnvironmentInput,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "create an environment",
            tenant_changes::create_environment(self, tenant, id, input, &audit),
        )
        .await
    }

    async fn rename_environment(
        &self,
        tenant: TenantId,
        id: EnvironmentId,
        name: &str,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "rename an environment",
            tenant_changes::rename_environment(self, tenant, id, name, version, audit),
        )
        .await
    }

    async fn rooms(&self, scope: &Extent) -> Stored<Vec<EnvironmentRoom>> {
        doing("look at limits", limits::rooms(self, scope)).await
    }

    async fn set_limits(
        &self,
        tenant: TenantId,
        id: EnvironmentId,
        limits: EnvironmentLimits,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "set the limits of an environment",
            tenant_changes::set_limits(self, tenant, id, limits, version, audit),
        )
        .await
    }

    async fn archive_environment(
        &self,
        tenant: TenantId,
        id: EnvironmentId,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing(
            "archive an environment",
            tenant_changes::archive_environment(self, tenant, id, &audit),
        )
        .await
    }

    async fn set_member(
        &self,
        tenant: TenantId,
        user: UserId,
        role: TenantRole,
        audit: AuditEntry,
    ) -> Stored<MemberChanged> {
        doing(
            "give somebody a role in a tenant",
            members::set(self, tenant, user, role, audit),
        )
        .await
    }

    async fn remove_member(
        &self,
        tenant: TenantId,
        user: UserId,
        audit: AuditEntry,
    ) -> Stored<MemberChanged> {
        doing(
            "take somebody's role in a tenant away",
            members::remove(self, tenant, user, audit),
        )
        .await
    }

    async fn invite(&self, new: NewInvitation, audit: AuditEntry) -> Stored<Invited> {
        doing("invite somebody", invitations::open(self, &new, &audit)).await
    }

    async fn withdraw_invitation(
        &self,
        tenant: TenantId,
        id: InvitationId,
        audit: AuditEntry,
    ) -> Stored<bool> {
        doing(
            "withdraw an invitation",
            invitations::withdraw(self, tenant, id, audit),
        )
        .await
    }
}
