//! `/api/v1/tenants`: tenants, their environments, members and invitations.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

pub(super) mod environments;
pub(super) mod members;

use super::{
    Answer, PREFIX,
    extract::{ApiJson, ApiQuery},
};
use crate::{
    http::{identity::SignedIn, problem::ProblemDocument},
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    caller::Caller,
    ids::{EnvironmentId, TenantId},
    problem::{FieldError, Problem},
    tenancy::{Obstacle, TenantDetail, TenantInput, TenantSummary},
};
use http::{StatusCode, header};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which tenants to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// `true`: archived ones too.
    archived: Option<String>,
}

/// List tenants
///
/// Those you may see, by name.
#[utoipa::path(get, path = "/tenants", operation_id = "list_tenants", tag = "tenants", params(Which), responses(
    (status = 200, description = "The tenants", body = Vec<TenantSummary>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn list(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiQuery(which): ApiQuery<Which>,
) -> Answer<Json<Vec<TenantSummary>>> {
    let archived = which.archived.as_deref() == Some("true");
    Ok(Json(portal.core.tenants.list(&caller, archived).await?))
}

/// Create a tenant
///
/// Empty: add environments and members next. For platform admins.
#[utoipa::path(post, path = "/tenants", operation_id = "create_tenant", tag = "tenants", request_body = TenantInput, responses(
    (status = 201, description = "Created", body = TenantDetail, headers(("Location" = String, description = "The tenant's address"))),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The slug is taken", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "Fields break rules", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn create(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiJson(input): ApiJson<TenantInput>,
) -> Answer<Response> {
    let tenant = portal.core.tenants.create(&caller, input).await?;
    let location = format!("{PREFIX}/tenants/{}", tenant.tenant.slug);
    let headers = [(header::LOCATION, location)];
    Ok((StatusCode::CREATED, headers, Json(tenant)).into_response())
}

/// Look at a tenant
///
/// With its environments, limits and members; invitations for those who may manage members.
#[utoipa::path(get, path = "/tenants/{tenant}", operation_id = "get_tenant", tag = "tenants", params(("tenant" = String, Path, description = "The tenant's slug")), responses(
    (status = 200, description = "The tenant", body = TenantDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn get(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(tenant): Path<String>,
) -> Answer<Json<TenantDetail>> {
    Ok(Json(portal.core.tenants.get(&caller, &tenant).await?))
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Renaming {
    /// What people call it.
    name: String,
    /// The `version` that you saw.
    version: i64,
}

/// Rename a tenant
///
/// The slug stays. For platform admins.
#[utoipa::path(patch, path = "/tenants/{tenant}", operation_id = "rename_tenant", tag = "tenants", request_body = Renaming, params(("tenant" = String, Path, description = "The tenant's slug")), responses(
    (status = 200, description = "The tenant as it is now", body = TenantDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "It is archived, or no longer as in `version`: `errors` say what is different now", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "The name breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn rename(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(tenant): Path<String>,
    ApiJson(input): ApiJson<Renaming>,
) -> Answer<Json<TenantDetail>> {
    let id = tenant_id(&portal, &caller, &tenant).await?;
    let renamed = portal
        .core
        .tenants
        .rename(&caller, id, &input.name, input.version);
    Ok(Json(renamed.await?))
}

/// Of the whole tenant, or of one environment.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// The environment's slug.
    environment: Option<String>,
}

/// List what stands in the way of archiving
///
/// What would have to go first, at most 100 things.
#[utoipa::path(get, path = "/tenants/{tenant}/obstacles", operation_id = "list_obstacles", tag = "tenants", params(("tenant" = String, Path, description = "The tenant's slug"), Part), responses(
    (status = 200, description = "What is in it", body = Vec<Obstacle>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not archive it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn obstacles(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(tenant): Path<String>,
    ApiQuery(part): ApiQuery<Part>,
) -> Answer<Json<Vec<Obstacle>>> {
    let detail = portal.core.tenants.get(&caller, &tenant).await?;
    let environment = part
        .environment
        .map(|slug| environment_of(&detail, &slug))
        .transpose()?;
    let left = portal
        .core
        .tenants
        .obstacles(&caller, detail.tenant.id, environment);
    Ok(Json(left.await?))
}

/// What must come along with archiving.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Confirmation {
    /// The slug again, so that nothing is archived by a slip.
    confirm: Option<String>,
}

/// Archive a tenant
///
/// One in which nothing is left. Its members have no access to it any more, its history stays, and its slug is not used
/// a second time. For platform admins.
#[utoipa::path(post, path = "/tenants/{tenant}/archive", operation_id = "archive_tenant", tag = "tenants", params(("tenant" = String, Path, description = "The tenant's slug"), Confirmation), responses(
    (status = 204, description = "Archived"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "There is something in it, or it is archived already", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "The slug does not fit", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn archive(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(tenant): Path<String>,
    ApiQuery(confirmation): ApiQuery<Confirmation>,
) -> Answer<StatusCode> {
    let id = tenant_id(&portal, &caller, &tenant).await?;
    let slug = confirmation.confirm.unwrap_or_default();
    let archived = portal.core.tenants.archive(&caller, id, &slug).await;
    archived.map_err(|problem| as_parameter(problem, "confirm"))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The confirmation by the name it has in addresses.
fn as_parameter(mut problem: Problem, name: &str) -> Problem {
    for FieldError { field, .. } in &mut problem.fields {
        if field == "confirmation" {
            name.clone_into(field);
        }
    }
    problem
}

/// The tenant with this slug.
async fn tenant_id(portal: &Portal, caller: &Caller, slug: &str) -> Result<TenantId, Problem> {
    Ok(portal.core.tenants.get(caller, slug).await?.tenant.id)
}

/// The tenant and environment with these slugs.
async fn place(
    portal: &Portal,
    caller: &Caller,
    tenant: &str,
    environment: &str,
) -> Result<(TenantId, EnvironmentId), Problem> {
    let detail = portal.core.tenants.get(caller, tenant).await?;
    let environment = environment_of(&detail, environment)?;
    Ok((detail.tenant.id, environment))
}

fn environment_of(tenant: &TenantDetail, slug: &str) -> Result<EnvironmentId, Problem> {
    tenant
        .environments
        .iter()
        .find(|found| found.environment.slug == slug)
        .map(|found| found.environment.id)
        .ok_or_else(|| Problem::not_found("environment"))
}
