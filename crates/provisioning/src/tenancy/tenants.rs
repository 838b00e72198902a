//! Tenants themselves: looking at them, creating, renaming and archiving them.

use super::{TENANT, TenancyService, about, archived, confirmed, named, not_empty, view};
use crate::{
    audit::{AuditAction, AuditEntry},
    authorization::{
        authorize, authorize_listing, authorize_on_platform, authorize_platform_change,
    },
    concurrency::{now_is, stale},
    new_id,
    ports::tenancy_stores::{TenancyChanged, TenantKey},
};
use domain::{
    access::{Action, PlatformAction},
    caller::Caller,
    ids::{EnvironmentId, TenantId},
    problem::{FieldError, Problem, ProblemKind},
    tenancy::{Obstacle, TenantDetail, TenantInput, TenantSummary},
    tenancy_rules::check_name,
};
use jiff::Timestamp;

impl TenancyService {
    pub(super) async fn summaries(
        &self,
        caller: &Caller,
        archived: bool,
    ) -> Result<Vec<TenantSummary>, Problem> {
        authorize_listing(caller, Action::ReadTenant)?;
        let scope = caller.extent(Action::ReadTenant);
        Ok(self.store.tenant_summaries(&scope, archived).await?)
    }

    pub(super) async fn by_slug(
        &self,
        caller: &Caller,
        slug: &str,
    ) -> Result<TenantDetail, Problem> {
        let record = self
            .store
            .tenant(TenantKey::Slug(slug), Timestamp::now())
            .await?
            .ok_or_else(|| Problem::not_found(TENANT))?;
        authorize(caller, Action::ReadTenant, record.tenant.id, TENANT)?;
        Ok(view(caller, record))
    }

    pub(super) async fn create_tenant(
        &self,
        caller: &Caller,
        input: &TenantInput,
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
        authorize_platform_change(&*self.store, caller, PlatformAction::ManageTenants, || {
            // What was sent is not checked yet, and of any length.
            entry(&input.name.chars().take(60).collect::<String>())
        })
        .await?;
        let input = input.checked().map_err(Problem::invalid)?;
        let audit = entry(&input.name).in_tenant(id).with_detail(&input.slug);
        match self.store.create_tenant(id, &input, audit).await? {
            TenancyChanged::SlugTaken => Err(slug_taken(&input.slug)),
            _ => self.detail(caller, id).await,
        }
    }

    pub(super) async fn rename_tenant(
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
        match self.store.rename_tenant(id, &name, version, audit).await? {
            TenancyChanged::Stale => Err(self.tenant_conflict(id, &name).await?),
            TenancyChanged::Missing => Err(archived(&record.tenant.name)),
            _ => self.detail(caller, id).await,
        }
    }

    async fn tenant_conflict(&self, id: TenantId, name: &str) -> Result<Problem, Problem> {
        let now = self.record(id).await?.tenant.name;
        let changes = [AuditAction::ChangeTenant];
        let latest = self
            .store
            .latest_change(&format!("tenant/{id}"), &changes)
            .await?;
        let field = now_is("name", &name, &now.as_str(), |now| format!("“{now}”"));
        Ok(stale("this tenant", latest, field.into_iter().collect()))
    }

    pub(super) async fn in_the_way(
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
        Ok(self.store.obstacles(id, environment).await?)
    }

    pub(super) async fn archive_tenant(
        &self,
        caller: &Caller,
        id: TenantId,
        confirmation: &str,
    ) -> Result<(), Problem> {
        let entry = about(caller, AuditAction::ArchiveTenant, id);
        let record = self.for_platform(caller, id, entry.clone()).await?;
        confirmed(confirmation, &record.tenant.slug)?;
        let audit = named(entry, &record.tenant.name);
        match self.store.archive_tenant(id, audit).await? {
            TenancyChanged::NotEmpty(left) => Err(not_empty(&record.tenant.name, &left)),
            TenancyChanged::Missing => Err(archived(&record.tenant.name)),
            _ => Ok(()),
        }
    }
}

fn slug_taken(slug: &str) -> Problem {
    let message = format!(
        "{slug} is taken, perhaps by an archived tenant; slugs are not used a second time."
    );
    Problem {
        fields: vec![FieldError::new("slug", message.clone())],
        ..Problem::new(ProblemKind::Conflict, message).next("Choose another.")
    }
}
