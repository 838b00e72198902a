//! Tenants, their environments and their members.

mod environments;
mod invitations;
mod members;
mod tenant;

use crate::{
    authorization::{authorize, authorize_change, authorize_platform_change, refused},
    errors::TenancyError,
};
use domain::{
    access::{Action, PlatformAction},
    audit::AuditAction,
    caller::Caller,
    ids::TenantId,
    problem::Problem,
    tenancy::TenantDetail,
};
use jiff::Timestamp;
use persistence::{
    Database,
    audit_records::AuditEntry,
    tenant_records::{TenantKey, TenantRecord},
};

const TENANT: &str = "tenant";

pub struct Tenants {
    db: Database,
}

impl Tenants {
    pub fn new(db: Database) -> Self {
        Self { db }
    }

    async fn record(&self, id: TenantId) -> Result<TenantRecord, Problem> {
        self.db
            .tenants()
            .get(TenantKey::Id(id), Timestamp::now())
            .await?
            .ok_or_else(|| Problem::not_found(TENANT))
    }

    async fn detail(&self, caller: &Caller, id: TenantId) -> Result<TenantDetail, Problem> {
        Ok(view(caller, self.record(id).await?))
    }

    /// The tenant, if `caller` may do `action` in it. A refusal of `attempt` is recorded.
    async fn authorized(
        &self,
        caller: &Caller,
        action: Action,
        id: TenantId,
        attempt: AuditEntry,
    ) -> Result<TenantRecord, Problem> {
        authorize_change(&self.db, caller, action, id, TENANT, || attempt).await?;
        not_archived(self.record(id).await?)
    }

    /// The tenant, if `caller` is a platform admin. A refusal of `attempt` is recorded.
    async fn for_platform(
        &self,
        caller: &Caller,
        id: TenantId,
        attempt: AuditEntry,
    ) -> Result<TenantRecord, Problem> {
        let attempt = attempt.in_tenant(id);
        authorize(caller, Action::ReadTenant, id, TENANT)?;
        let action = PlatformAction::ManageTenants;
        authorize_platform_change(&self.db, caller, action, || attempt).await?;
        not_archived(self.record(id).await?)
    }

    /// Records that `attempt` was refused for `problem`, and refuses.
    async fn refuse<T>(&self, attempt: AuditEntry, problem: Problem) -> Result<T, Problem> {
        Err(refused(&self.db, attempt, problem).await)
    }
}

fn not_archived(record: TenantRecord) -> Result<TenantRecord, Problem> {
    if record.archived_at.is_none() {
        return Ok(record);
    }
    Err(archived(&record.tenant.name))
}

fn archived(name: &str) -> Problem {
    TenancyError::Archived { name: name.into() }.into()
}

/// An entry about the tenant itself.
fn about(caller: &Caller, action: AuditAction, id: TenantId) -> AuditEntry {
    AuditEntry::by(caller, action, Timestamp::now(), format!("tenant/{id}"), "").in_tenant(id)
}

fn named(mut entry: AuditEntry, name: &str) -> AuditEntry {
    name.clone_into(&mut entry.target_name);
    entry
}

fn view(caller: &Caller, record: TenantRecord) -> TenantDetail {
    let id = record.tenant.id;
    let manages_members = caller.may(Action::ManageMembers, id);
    TenantDetail {
        my_role: caller.role_in(id),
        tenant: record.tenant,
        environments: record.environments,
        members: record.members,
        invitations: if manages_members {
            record.invitations
        } else {
            Vec::new()
        },
        archived_at: record.archived_at,
        version: record.version,
        now: Timestamp::now(),
    }
}
