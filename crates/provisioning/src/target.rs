//! The tenant and environment that a request names by their slugs.

use crate::{
    authorization::{authorize, authorize_change},
    errors::{InputError, unknown_environment, unknown_tenant},
};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    problem::FieldError,
    tenancy::{EnvironmentRef, Tenant, TenantRef},
};
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry, tenant_records::TenantKey};

/// Where a cluster or node is created.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) tenant: TenantRef,
    pub(crate) environment: EnvironmentRef,
}

/// The tenant with its environments. Missing, archived and foreign ones look the same.
///
/// # Errors
/// The field `tenant`.
pub(crate) async fn visible_tenant(
    db: &Database,
    caller: &Caller,
    slug: &str,
) -> Result<Tenant, InputError> {
    let tenant = db.tenants().find(TenantKey::Slug(slug)).await?;
    tenant
        .filter(|tenant| caller.may(Action::ReadTenant, tenant.tenant.id))
        .ok_or_else(|| unknown_tenant().into())
}

/// An environment of `tenant` that is not archived.
pub(crate) fn environment(tenant: &Tenant, slug: &str) -> Result<EnvironmentRef, FieldError> {
    tenant
        .environments
        .iter()
        .find(|environment| environment.slug == slug)
        .cloned()
        .ok_or_else(|| unknown_environment(&tenant.tenant.name))
}

/// The tenant and environment, where `caller` may do `action`.
///
/// # Errors
/// The field `tenant` or `environment`, or a member who may not do it; this refusal is recorded as
/// `recorded`, if that is given.
pub(crate) async fn target(
    db: &Database,
    caller: &Caller,
    action: Action,
    recorded: Option<AuditAction>,
    tenant: &str,
    environment: &str,
) -> Result<Target, InputError> {
    let tenant = visible_tenant(db, caller, tenant).await?;
    let (id, name) = (tenant.tenant.id, &*tenant.tenant.name);
    match recorded {
        None => authorize(caller, action, id, "tenant")?,
        Some(recorded) => {
            let target = format!("tenant/{id}");
            let attempt = || AuditEntry::by(caller, recorded, Timestamp::now(), target, name);
            authorize_change(db, caller, action, id, "tenant", attempt).await?;
        }
    }
    let environment = self::environment(&tenant, environment)?;
    Ok(Target {
        tenant: tenant.tenant,
        environment,
    })
}
