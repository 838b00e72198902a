//! Environments of tenants and their limits.

use super::{Tenants, archived, confirmed, named, not_empty};
use crate::concurrency::{now_is, stale};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    ids::{EnvironmentId, TenantId},
    money::MicroDollars,
    problem::{FieldError, Problem, ProblemKind},
    tenancy::{EnvironmentDetail, EnvironmentInput, EnvironmentLimits, TenantDetail},
    tenancy_rules::check_name,
};
use jiff::Timestamp;
use persistence::{
    audit_records::AuditEntry,
    new_id,
    tenant_records::{TenancyChanged, TenantRecord},
};

impl Tenants {
    /// Creates an environment.
    ///
    /// # Errors
    /// Forbidden, not found, invalid, or a slug that is in use.
    pub async fn create_environment(
        &self,
        caller: &Caller,
        tenant: TenantId,
        input: EnvironmentInput,
    ) -> Result<TenantDetail, Problem> {
        let id: EnvironmentId = new_id();
        let entry = about(caller, AuditAction::CreateEnvironment, tenant, id);
        let record = self
            .authorized(caller, Action::ManageEnvironments, tenant, entry.clone())
            .await?;
        let input = input.checked().map_err(Problem::invalid)?;
        let audit = named(entry, &input.name).with_detail(&input.slug);
        let changed = self
            .db
            .tenants()
            .create_environment(tenant, id, &input, audit)
            .await?;
        match changed {
            TenancyChanged::SlugTaken => Err(slug_taken(&record, &input.slug)),
            TenancyChanged::Missing => Err(archived(&record.tenant.name)),
            _ => self.detail(caller, tenant).await,
        }
    }

    /// Renames an environment.
    ///
    /// # Errors
    /// Forbidden, not found, invalid, or no longer as in `version`.
    pub async fn rename_environment(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: EnvironmentId,
        name: &str,
        version: i64,
    ) -> Result<TenantDetail, Problem> {
        let entry = about(caller, AuditAction::ChangeEnvironment, tenant, id);
        let record = self
            .authorized(caller, Action::ManageEnvironments, tenant, entry.clone())
            .await?;
        let environment = found(&record, id)?;
        let name = check_name(name)
            .map_err(|message| Problem::invalid(vec![FieldError::new("name", message)]))?;
        let audit = named(entry, &name);
        let changed = self
            .db
            .tenants()
            .rename_environment(tenant, id, &name, version, audit)
            .await?;
        match changed {
            TenancyChanged::Stale => {
                let now = self.environment(tenant, id).await?.environment.name;
                let field = now_is("name", &name, &now, |now| format!("“{now}”"));
                Err(self
                    .environment_conflict(id, field.into_iter().collect())
                    .await?)
            }
            TenancyChanged::Missing => Err(archived(&environment.environment.name)),
            _ => self.detail(caller, tenant).await,
        }
    }

    /// Sets the limits of an environment; for platform admins. Existing resources stay.
    ///
    /// # Errors
    /// Forbidden, not found, invalid, or no longer as in `version`.
    pub async fn set_limits(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: EnvironmentId,
        limits: EnvironmentLimits,
        version: i64,
    ) -> Result<TenantDetail, Problem> {
        let entry = about(caller, AuditAction::ChangeEnvironment, tenant, id);
        let record = self.for_platform(caller, tenant, entry.clone()).await?;
        let environment = found(&record, id)?;
        limits.check().map_err(Problem::invalid)?;
        let audit = named(entry, &environment.environment.name);
        let changed = self
            .db
            .tenants()
            .set_limits(tenant, id, limits, version, audit)
            .await?;
        match changed {
            TenancyChanged::Stale => {
                let now = self.environment(tenant, id).await?.limits;
                Err(self
                    .environment_conflict(id, differing(&limits, &now))
                    .await?)
            }
            TenancyChanged::Missing => Err(archived(&environment.environment.name)),
            _ => self.detail(caller, tenant).await,
        }
    }

    /// Archives an empty environment; `confirmation` must be its slug.
    ///
    /// # Errors
    /// Forbidden, not found, not empty, or another confirmation.
    pub async fn archive_environment(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: EnvironmentId,
        confirmation: &str,
    ) -> Result<TenantDetail, Problem> {
        let entry = about(caller, AuditAction::ArchiveEnvironment, tenant, id);
        let record = self
            .authorized(caller, Action::ManageEnvironments, tenant, entry.clone())
            .await?;
        let environment = &found(&record, id)?.environment;
        confirmed(confirmation, &environment.slug)?;
        let audit = named(entry, &environment.name);
        match self
            .db
            .tenants()
            .archive_environment(tenant, id, audit)
            .await?
        {
            TenancyChanged::NotEmpty(left) => Err(not_empty(&environment.name, &left)),
            TenancyChanged::Missing => Err(archived(&environment.name)),
            _ => self.detail(caller, tenant).await,
        }
    }

    async fn environment(
        &self,
        tenant: TenantId,
        id: EnvironmentId,
    ) -> Result<EnvironmentDetail, Problem> {
        found(&self.record(tenant).await?, id).cloned()
    }

    async fn environment_conflict(
        &self,
        id: EnvironmentId,
        fields: Vec<FieldError>,
    ) -> Result<Problem, Problem> {
        let changes = [AuditAction::ChangeEnvironment];
        let latest = self.db.audit().latest_change(&target(id), &changes).await?;
        Ok(stale("this environment", latest, fields))
    }
}

fn target(id: EnvironmentId) -> String {
    format!("environment/{id}")
}

fn about(caller: &Caller, action: AuditAction, tenant: TenantId, id: EnvironmentId) -> AuditEntry {
    AuditEntry::by(caller, action, Timestamp::now(), target(id), "").in_tenant(tenant)
}

/// The environment, also an archived one.
fn found(record: &TenantRecord, id: EnvironmentId) -> Result<&EnvironmentDetail, Problem> {
    record
        .environments
        .iter()
        .find(|found| found.environment.id == id)
        .ok_or_else(|| Problem::not_found("environment"))
}

/// What is another limit now than was asked for.
fn differing(asked: &EnvironmentLimits, now: &EnvironmentLimits) -> Vec<FieldError> {
    fn words<T>(limit: Option<T>, words: impl FnOnce(T) -> String) -> String {
        limit.map_or_else(|| "without a limit".to_owned(), words)
    }
    let count = |limit: &Option<u32>| words(*limit, |limit| limit.to_string());
    let price = |limit: &Option<MicroDollars>| words(*limit, |limit| limit.to_string());
    [
        now_is(
            "max_clusters",
            &asked.max_clusters,
            &now.max_clusters,
            count,
        ),
        now_is("max_nodes", &asked.max_nodes, &now.max_nodes, count),
        now_is(
            "max_price_per_hour",
            &asked.max_price_per_hour,
            &now.max_price_per_hour,
            price,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn slug_taken(record: &TenantRecord, slug: &str) -> Problem {
    let message = format!(
        "{} has an environment {slug} already, perhaps an archived one; slugs are not used a second \
         time.",
        record.tenant.name
    );
    Problem {
        fields: vec![FieldError::new("slug", message.clone())],
        ..Problem::new(ProblemKind::Conflict, message).next("Choose another.")
    }
}
