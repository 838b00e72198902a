//! Tenants themselves: looking at them, creating, renaming and archiving them.

use super::{TENANT, Tenants, about, archived, named, view};
use crate::{
    authorization::{
        authorize, authorize_listing, authorize_on_platform, authorize_platform_change,
    },
    errors::{StaleError, TenancyError, confirm, current_value},
};
use domain::{
    access::{Action, PlatformAction},
    audit::AuditAction,
    caller::Caller,
    display_name::check_name,
    ids::{EnvironmentId, TenantId},
    problem::{FieldError, Problem},
    tenancy::{Obstacle, TenantDetail, TenantInput, TenantSummary},
};
use jiff::Timestamp;
use persistence::{
    audit_records::AuditEntry,
    new_id,
    tenant_records::{TenancyChanged, TenantKey},
};

impl Tenants {
    /// The tenants the caller may see, by name; archived ones only if asked for.
    ///
    /// # Errors
    /// Forbidden.
    pub async fn list(
        &self,
        caller: &Caller,
        archived: bool,
    ) -> Result<Vec<TenantSummary>, Problem> {
        authorize_listing(caller, Action::ReadTenant)?;
        let scope = caller.extent(Action::ReadTenant);
        Ok(self.db.tenants().list(&scope, archived).await?)
    }

    /// One tenant, by its slug.
    ///
    /// # Errors
    /// Not found for a missing one and for one the caller may not see.
    pub async fn get(&self, caller: &Caller, slug: &str) -> Result<TenantDetail, Problem> {
        let record = self
            .db
            .tenants()
            .get(TenantKey::Slug(slug), Timestamp::now())
            .await?
            .ok_or_else(|| Problem::not_found(TENANT))?;
        authorize(caller, Action::ReadTenant, record.tenant.id, TENANT)?;
        Ok(view(caller, record))
    }

    /// Creates a tenant; for platform admins.
    ///
    /// # Errors
    /// Forbidden, invalid, or a slug or name that is in use.
    pub async fn create(
        &self,
        caller: &Caller,
        input: TenantInput,
    ) -> Result<TenantDetail, Problem> {
        let id: TenantId = new_id();
        let action = AuditAction::CreateTenant;
        let entry = |name: &str| {
            AuditEntry::by(
                caller,
                action,
                Timestamp::now(),
                format!("tenant/{id}"),
                name,
            )
        };
        authorize_platform_change(&self.db, caller, PlatformAction::ManageTenants, || {
            // What was sent is not checked yet, and of any length.
            entry(&input.name.chars().take(60).collect::<String>())
        })
        .await?;
        let input = input.checked().map_err(Problem::invalid)?;
        let audit = entry(&input.name).in_tenant(id).with_detail(&input.slug);
        match self.db.tenants().create(id, &input, audit).await? {
            TenancyChanged::SlugTaken => Err(TenancyError::SlugTaken { slug: input.slug }.into()),
            TenancyChanged::NameTaken => Err(TenancyError::NameTaken { name: input.name }.into()),
            _ => self.detail(caller, id).await,
        }
    }

    /// Renames a tenant; for platform admins.
    ///
    /// # Errors
    /// Forbidden, not found, invalid, a name that is in use, or no longer as in `version`.
    pub async fn rename(
        &self,
        caller: &Caller,
        id: TenantId,
        name: &str,
        version: i64,
    ) -> Result<TenantDetail, Problem> {
        let entry = about(caller, AuditAction::ChangeTenant, id);
        let record = self.for_platform(caller, id, entry.clone()).await?;
        let name = check_name(name)
            .map_err(|message| Problem::invalid(vec![FieldError::new("name", message)]))?;
        let audit = named(entry, &name);
        match self.db.tenants().rename(id, &name, version, audit).await? {
            TenancyChanged::Stale => Err(self.tenant_conflict(id, &name).await?),
            TenancyChanged::NameTaken => Err(TenancyError::NameTaken { name }.into()),
            TenancyChanged::Missing => Err(archived(&record.tenant.name)),
            _ => self.detail(caller, id).await,
        }
    }

    async fn tenant_conflict(&self, id: TenantId, name: &str) -> Result<Problem, Problem> {
        let now = self.record(id).await?.tenant.name;
        let changes = [AuditAction::ChangeTenant];
        let latest = self
            .db
            .audit()
            .latest_change(&format!("tenant/{id}"), &changes)
            .await?;
        let field = current_value("name", &name, &now.as_str(), |now| format!("“{now}”"));
        let what = "this tenant";
        let fields = field.into_iter().collect();
        Ok(StaleError {
            what,
            latest,
            fields,
        }
        .into())
    }

    /// What must be deleted before the tenant (or only its environment) can be archived.
    ///
    /// # Errors
    /// Not found, or forbidden.
    pub async fn obstacles(
        &self,
        caller: &Caller,
        id: TenantId,
        environment: Option<EnvironmentId>,
    ) -> Result<Vec<Obstacle>, Problem> {
        if environment.is_some() {
            authorize(caller, Action::ManageEnvironments, id, TENANT)?;
        } else {
            authorize(caller, Action::ReadTenant, id, TENANT)?;
            authorize_on_platform(caller, PlatformAction::ManageTenants)?;
        }
        self.record(id).await?;
        Ok(self.db.tenants().obstacles(id, environment).await?)
    }

    /// Archives an empty tenant; `confirmation` must be its slug.
    ///
    /// # Errors
    /// Forbidden, not found, not empty, or another confirmation.
    pub async fn archive(
        &self,
        caller: &Caller,
        id: TenantId,
        confirmation: &str,
    ) -> Result<(), Problem> {
        let entry = about(caller, AuditAction::ArchiveTenant, id);
        let record = self.for_platform(caller, id, entry.clone()).await?;
        confirm(confirmation, &record.tenant.slug)?;
        let audit = named(entry, &record.tenant.name);
        match self.db.tenants().archive(id, audit).await? {
            TenancyChanged::NotEmpty(left) => {
                let name = record.tenant.name;
                Err(TenancyError::NotEmpty { name, left }.into())
            }
            TenancyChanged::Missing => Err(archived(&record.tenant.name)),
            _ => Ok(()),
        }
    }
}
