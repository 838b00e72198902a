//! Tenants: the use cases behind [`domain::services::Tenancy`].

mod environments;
mod invitations;
mod members;
mod tenants;

use crate::{
    audit::{AuditAction, AuditEntry},
    authorization::{authorize, authorize_change, authorize_platform_change, refused},
    ports::{
        stores::Store,
        tenancy_stores::{TenantKey, TenantRecord},
    },
};
use async_trait::async_trait;
use domain::{
    access::{Action, PlatformAction, TenantRole},
    caller::Caller,
    ids::{EnvironmentId, InvitationId, TenantId, UserId},
    problem::{FieldError, Problem, ProblemKind},
    services::Tenancy,
    tenancy::{
        EnvironmentInput, EnvironmentLimits, Invitation, InvitationInput, Obstacle, TenantDetail,
        TenantInput, TenantSummary,
    },
};
use jiff::Timestamp;
use std::sync::Arc;

/// What something that is not there is called; foreign and missing look the same.
const TENANT: &str = "tenant";

/// The use cases on tenants.
pub struct TenancyService {
    store: Arc<dyn Store>,
}

impl TenancyService {
    /// A service over this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    async fn record(&self, id: TenantId) -> Result<TenantRecord, Problem> {
        self.store
            .tenant(TenantKey::Id(id), Timestamp::now())
            .await?
            .ok_or_else(|| Problem::not_found(TENANT))
    }

    /// The tenant as `caller` may see it.
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
        authorize_change(&*self.store, caller, action, id, TENANT, || attempt).await?;
        not_archived(self.record(id).await?)
    }

    /// The tenant, if `caller` runs the platform. A refusal of `attempt` is recorded.
    async fn for_platform(
        &self,
        caller: &Caller,
        id: TenantId,
        attempt: AuditEntry,
    ) -> Result<TenantRecord, Problem> {
        let attempt = attempt.in_tenant(id);
        authorize(caller, Action::ReadTenant, id, TENANT)?;
        let action = PlatformAction::ManageTenants;
        authorize_platform_change(&*self.store, caller, action, || attempt).await?;
        not_archived(self.record(id).await?)
    }

    /// Records that `attempt` was refused for `problem`, and refuses.
    async fn refuse<T>(&self, attempt: AuditEntry, problem: Problem) -> Result<T, Problem> {
        Err(refused(&*self.store, attempt, problem).await)
    }
}

fn not_archived(record: TenantRecord) -> Result<TenantRecord, Problem> {
    if record.archived_at.is_none() {
        return Ok(record);
    }
    Err(archived(&record.tenant.name))
}

/// `name` is archived.
fn archived(name: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("{name} is archived; nothing in it can be changed any more."),
    )
}

/// An entry about the tenant itself.
fn about(caller: &Caller, action: AuditAction, id: TenantId) -> AuditEntry {
    AuditEntry::by(caller, action, Timestamp::now(), format!("tenant/{id}"), "").in_tenant(id)
}

fn named(mut entry: AuditEntry, name: &str) -> AuditEntry {
    name.clone_into(&mut entry.target_name);
    entry
}

/// Whoever archives something types its slug.
fn confirmed(confirmation: &str, slug: &str) -> Result<(), Problem> {
    if confirmation.trim() == slug {
        return Ok(());
    }
    Err(Problem::invalid(vec![FieldError::new(
        "confirmation",
        format!("Type {slug} to confirm."),
    )]))
}

/// `name` still has something in it.
fn not_empty(name: &str, left: &[Obstacle]) -> Problem {
    const SHOWN: usize = 10;
    let mut words: Vec<String> = left
        .iter()
        .take(SHOWN)
        .map(|obstacle| format!("{} {}", obstacle.kind, obstacle.name))
        .collect();
    if left.len() > SHOWN {
        words.push(format!("{} more", left.len() - SHOWN));
    }
    Problem::new(
        ProblemKind::Conflict,
        format!("{name} is not empty: {}.", words.join(", ")),
    )
    .next("Delete what is left, wait until it is gone, and archive then.")
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

#[async_trait]
impl Tenancy for TenancyService {
    async fn list(&self, caller: &Caller, archived: bool) -> Result<Vec<TenantSummary>, Problem> {
        self.summaries(caller, archived).await
    }

    async fn get(&self, caller: &Caller, slug: &str) -> Result<TenantDetail, Problem> {
        self.by_slug(caller, slug).await
    }

    async fn create(&self, caller: &Caller, input: TenantInput) -> Result<TenantDetail, Problem> {
        self.create_tenant(caller, &input).await
    }

    async fn rename(
        &self,
        caller: &Caller,
        id: TenantId,
        name: &str,
        version: i64,
    ) -> Result<TenantDetail, Problem> {
        self.rename_tenant(caller, id, name, version).await
    }

    async fn obstacles(
        &self,
        caller: &Caller,
        id: TenantId,
        environment: Option<EnvironmentId>,
    ) -> Result<Vec<Obstacle>, Problem> {
        self.in_the_way(caller, id, environment).await
    }

    async fn archive(
        &self,
        caller: &Caller,
        id: TenantId,
        confirmation: &str,
    ) -> Result<(), Problem> {
        self.archive_tenant(caller, id, confirmation).await
    }

    async fn create_environment(
        &self,
        caller: &Caller,
        tenant: TenantId,
        input: EnvironmentInput,
    ) -> Result<TenantDetail, Problem> {
        self.add_environment(caller, tenant, &input).await
    }

    async fn rename_environment(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: EnvironmentId,
        name: &str,
        version: i64,
    ) -> Result<TenantDetail, Problem> {
        self.change_environment_name(caller, tenant, id, name, version)
            .await
    }

    async fn set_limits(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: EnvironmentId,
        limits: EnvironmentLimits,
        version: i64,
    ) -> Result<TenantDetail, Problem> {
        self.change_limits(caller, tenant, id, limits, version)
            .await
    }

    async fn archive_environment(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: EnvironmentId,
        confirmation: &str,
    ) -> Result<TenantDetail, Problem> {
        self.end_environment(caller, tenant, id, confirmation).await
    }

    async fn set_member(
        &self,
        caller: &Caller,
        tenant: TenantId,
        user: UserId,
        role: TenantRole,
    ) -> Result<TenantDetail, Problem> {
        self.give_role(caller, tenant, user, role).await
    }

    async fn remove_member(
        &self,
        caller: &Caller,
        tenant: TenantId,
        user: UserId,
    ) -> Result<TenantDetail, Problem> {
        self.take_role(caller, tenant, user).await
    }

    async fn invite(
        &self,
        caller: &Caller,
        tenant: TenantId,
        input: InvitationInput,
    ) -> Result<Option<Invitation>, Problem> {
        self.invite_or_add(caller, tenant, &input).await
    }

    async fn withdraw_invitation(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: InvitationId,
    ) -> Result<(), Problem> {
        self.withdraw(caller, tenant, id).await
    }
}
