//! Where an order goes: the tenant and environment that it names.

use crate::authorization::{authorize, authorize_change};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    problem::{FieldError, Problem},
    tenancy::{EnvironmentRef, Tenant},
};
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry};

/// The tenant and environment of these slugs, where `caller` may do `action` (an order); a field
/// error if they are not to be had. Foreign and missing look the same.
///
/// # Errors
/// The caller is a member and may not; it is recorded as `recorded`, if that is given.
pub(crate) async fn place(
    db: &Database,
    caller: &Caller,
    action: Action,
    recorded: Option<AuditAction>,
    tenant: &str,
    environment: &str,
) -> Result<Result<(Tenant, EnvironmentRef), FieldError>, Problem> {
    let tenants = db.tenants().active().await?;
    let visible = tenants.into_iter().find(|found| {
        found.tenant.slug == tenant && caller.may(Action::ReadTenant, found.tenant.id)
    });
    let Some(tenant) = visible else {
        return Ok(Err(FieldError::new(
            "tenant",
            "Choose one of your tenants: there is no such tenant, or you are not a member.",
        )));
    };
    let (id, name) = (tenant.tenant.id, &*tenant.tenant.name);
    match recorded {
        None => authorize(caller, action, id, "tenant")?,
        Some(recorded) => {
            let target = format!("tenant/{id}");
            let attempt = || AuditEntry::by(caller, recorded, Timestamp::now(), target, name);
            authorize_change(db, caller, action, id, "tenant", attempt).await?;
        }
    }
    let found = tenant
        .environments
        .iter()
        .find(|found| found.slug == environment)
        .cloned();
    Ok(match found {
        Some(environment) => Ok((tenant, environment)),
        None => Err(FieldError::new(
            "environment",
            format!("{} has no such environment.", tenant.tenant.name),
        )),
    })
}
