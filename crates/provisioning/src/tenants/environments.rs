//! Environments of tenants and their limits.

use super::{Tenants, archived, named};
use crate::errors::{StaleError, TenancyError, confirm, current_value};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    display_name::check_name,
    ids::{EnvironmentId, TenantId},
    money::MicroDollars,
    problem::{FieldError, Problem},
    tenancy::{EnvironmentDetail, EnvironmentInput, EnvironmentLimits, TenantDetail},
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
            TenancyChanged::SlugTaken => Err(TenancyError::SlugTaken { slug: input.slug }.into()),
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
                let field = current_value("name", &name, &now, |now| format!("“{now}”"));
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
        confirm(confirmation, &environment.slug)?;
        let audit = named(entry, &environment.name);
        match self
            .db
            .tenants()
            .archive_environment(tenant, id, audit)
            .await?
        {
            TenancyChanged::NotEmpty(left) => {
                let name = environment.name.clone();
                Err(TenancyError::NotEmpty { name, left }.into())
            }
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
        let what = "this environment";
        Ok(StaleError {
            what,
            latest,
            fields,
        }
        .into())
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

/// The limits that are not as requested.
fn differing(requested: &EnvironmentLimits, now: &EnvironmentLimits) -> Vec<FieldError> {
    fn text<T>(limit: Option<T>, text: impl FnOnce(T) -> String) -> String {
        limit.map_or_else(|| "unlimited".to_owned(), text)
    }
    let count = |limit: &Option<u32>| text(*limit, |limit| limit.to_string());
    let price = |limit: &Option<MicroDollars>| text(*limit, |limit| limit.to_string());
    [
        current_value(
            "max_clusters",
            &requested.max_clusters,
            &now.max_clusters,
            count,
        ),
        current_value("max_nodes", &requested.max_nodes, &now.max_nodes, count),
        current_value(
            "max_price_per_hour",
            &requested.max_price_per_hour,
            &now.max_price_per_hour,
            price,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}
