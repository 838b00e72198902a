//! `/api/v1/tenants`: tenants, their environments, members and invitations.

mod environments;
mod members;

use super::{
    Answer, Rename,
    extract::{ApiJson, ApiQuery, Confirmation},
    operation::{Operation, get, patch, post, tagged},
    path::{EnvironmentSlug, PathId, TenantSlug},
    reply::{Created, Empty, List},
};
use crate::http::call::Call;
use axum::Json;
use domain::{
    access::{Action::ReadTenant, PlatformAction::ManageTenants},
    ids::{EnvironmentId, TenantId},
    problem::Problem,
    tenancy::{Obstacle, TenantDetail, TenantInput, TenantSummary},
};
use serde::Deserialize;
use utoipa::IntoParams;

pub fn operations() -> Vec<Operation> {
    let mut operations = tagged(
        "tenants",
        [
            get("/tenants", "list_tenants", list)
                .requires(ReadTenant)
                .about("The tenants that the caller may see, by name."),
            post("/tenants", "create_tenant", create)
                .requires(ManageTenants)
                .about("The new tenant has no environments and no members.")
                .fails([409]),
            get("/tenants/{tenant}", "get_tenant", read)
                .requires(ReadTenant)
                .about(
                    "A tenant with environments, limits and members. Only callers who may manage \
                     members see invitations.",
                ),
            patch("/tenants/{tenant}", "rename_tenant", rename)
                .requires(ManageTenants)
                .about("The slug cannot be changed.")
                .fails([409]),
            get("/tenants/{tenant}/obstacles", "list_obstacles", obstacles)
                .requires(ManageTenants)
                .about(
                    "At most 100 resources that must be deleted before the tenant can be \
                     archived. For an environment, the permission is `manage_environments`.",
                ),
            post("/tenants/{tenant}/archive", "archive_tenant", archive)
                .requires(ManageTenants)
                .about(
                    "The tenant must be empty. Members lose access, the history is kept, and the \
                     slug cannot be used again.",
                )
                .fails([409]),
        ],
    );
    operations.extend(environments::operations());
    operations.extend(members::operations());
    operations
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TenantsQuery {
    /// `true`: includes archived tenants.
    archived: Option<String>,
}

async fn list(
    call: Call,
    ApiQuery(TenantsQuery { archived }): ApiQuery<TenantsQuery>,
) -> Answer<List<TenantSummary>> {
    let archived = archived.as_deref() == Some("true");
    Ok(List(
        call.core().tenants.list(&call.caller, archived).await?,
    ))
}

async fn create(call: Call, ApiJson(input): ApiJson<TenantInput>) -> Answer<Created<TenantDetail>> {
    let tenant = call.core().tenants.create(&call.caller, input).await?;
    Ok(Created {
        path: format!("/tenants/{}", tenant.tenant.slug),
        body: tenant,
    })
}

async fn read(
    call: Call,
    PathId(TenantSlug(tenant)): PathId<TenantSlug>,
) -> Answer<Json<TenantDetail>> {
    Ok(Json(call.core().tenants.get(&call.caller, &tenant).await?))
}

async fn rename(
    call: Call,
    PathId(TenantSlug(tenant)): PathId<TenantSlug>,
    ApiJson(Rename { name, version }): ApiJson<Rename>,
) -> Answer<Json<TenantDetail>> {
    let id = tenant_id(&call, &tenant).await?;
    let tenants = &call.core().tenants;
    Ok(Json(
        tenants.rename(&call.caller, id, &name, version).await?,
    ))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EnvironmentQuery {
    /// Slug of an environment; without it the whole tenant.
    environment: Option<String>,
}

async fn obstacles(
    call: Call,
    PathId(TenantSlug(tenant)): PathId<TenantSlug>,
    ApiQuery(EnvironmentQuery { environment }): ApiQuery<EnvironmentQuery>,
) -> Answer<List<Obstacle>> {
    let tenants = &call.core().tenants;
    let tenant = tenants.get(&call.caller, &tenant).await?;
    let environment = environment
        .map(|slug| environment_of(&tenant, &slug))
        .transpose()?;
    let left = tenants.obstacles(&call.caller, tenant.tenant.id, environment);
    Ok(List(left.await?))
}

async fn archive(
    call: Call,
    PathId(TenantSlug(tenant)): PathId<TenantSlug>,
    Confirmation(slug): Confirmation,
) -> Answer<Empty<204>> {
    let id = tenant_id(&call, &tenant).await?;
    call.core().tenants.archive(&call.caller, id, &slug).await?;
    Ok(Empty)
}

async fn tenant_id(call: &Call, slug: &str) -> Result<TenantId, Problem> {
    let tenant = call.core().tenants.get(&call.caller, slug).await?;
    Ok(tenant.tenant.id)
}

async fn environment_id(
    call: &Call,
    (TenantSlug(tenant), EnvironmentSlug(environment)): &(TenantSlug, EnvironmentSlug),
) -> Result<(TenantId, EnvironmentId), Problem> {
    let tenant = call.core().tenants.get(&call.caller, tenant).await?;
    let environment = environment_of(&tenant, environment)?;
    Ok((tenant.tenant.id, environment))
}

fn environment_of(tenant: &TenantDetail, slug: &str) -> Result<EnvironmentId, Problem> {
    tenant
        .environments
        .iter()
        .find(|found| found.environment.slug == slug)
        .map(|found| found.environment.id)
        .ok_or_else(|| Problem::not_found("environment"))
}
