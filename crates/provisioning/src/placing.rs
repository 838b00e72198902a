//! Where an order goes: the tenant and environment that it names.

use crate::ports::stores::Store;
use domain::{
    access::Action,
    caller::Caller,
    problem::{FieldError, Problem},
    tenancy::{EnvironmentRef, Tenant},
};

/// The tenant and environment of these slugs, where `caller` may do `action` (an order); a field
/// error if they are not to be had. Foreign and missing look the same.
///
/// # Errors
/// The caller is a member and may not.
pub(crate) async fn place(
    store: &dyn Store,
    caller: &Caller,
    action: Action,
    tenant: &str,
    environment: &str,
) -> Result<Result<(Tenant, EnvironmentRef), FieldError>, Problem> {
    let tenants = store.tenants().await?;
    let visible = tenants.into_iter().find(|found| {
        found.tenant.slug == tenant
            && (caller.may(action, found.tenant.id)
                || caller.may(Action::ReadCluster, found.tenant.id))
    });
    let Some(tenant) = visible else {
        return Ok(Err(FieldError::new(
            "tenant",
            "Choose one of your tenants: there is no such tenant, or you are not a member.",
        )));
    };
    if !caller.may(action, tenant.tenant.id) {
        return Err(Problem::forbidden(action.words()));
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
