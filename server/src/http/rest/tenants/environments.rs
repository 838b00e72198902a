//! `/api/v1/tenants/{tenant}/environments`.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::{
    super::{
        Answer,
        extract::{ApiJson, ApiQuery},
    },
    Confirmation, Renaming, as_parameter, place, tenant_id,
};
use crate::{
    http::{identity::SignedIn, problem::ProblemDocument},
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::{
    money::MicroDollars,
    tenancy::{EnvironmentInput, EnvironmentLimits, TenantDetail},
};
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Create an environment
///
/// Without limits. For admins of the tenant.
#[utoipa::path(post, path = "/tenants/{tenant}/environments", operation_id = "create_environment", tag = "tenants", request_body = EnvironmentInput, params(("tenant" = String, Path, description = "The tenant's slug")), responses(
    (status = 201, description = "The tenant with its new environment", body = TenantDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are no admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The slug is taken, or the tenant is archived", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "Fields break rules", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn create(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(tenant): Path<String>,
    ApiJson(input): ApiJson<EnvironmentInput>,
) -> Answer<(StatusCode, Json<TenantDetail>)> {
    let id = tenant_id(&portal, &caller, &tenant).await?;
    let created = portal.core.tenants.create_environment(&caller, id, input);
    Ok((StatusCode::CREATED, Json(created.await?)))
}

/// Rename an environment
///
/// The slug stays. For admins of the tenant.
#[utoipa::path(patch, path = "/tenants/{tenant}/environments/{environment}", operation_id = "rename_environment", tag = "tenants", request_body = Renaming, params(("tenant" = String, Path, description = "The tenant's slug"), ("environment" = String, Path, description = "The environment's slug")), responses(
    (status = 200, description = "The tenant as it is now", body = TenantDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are no admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "It is archived, or no longer as in `version`: `errors` say what is different now", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "The name breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn rename(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((tenant, environment)): Path<(String, String)>,
    ApiJson(input): ApiJson<Renaming>,
) -> Answer<Json<TenantDetail>> {
    let (tenant, id) = place(&portal, &caller, &tenant, &environment).await?;
    let renamed =
        portal
            .core
            .tenants
            .rename_environment(&caller, tenant, id, &input.name, input.version);
    Ok(Json(renamed.await?))
}

/// All limits of an environment; without one there is none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsInput {
    /// How many clusters it may hold, 0 to 10000.
    max_clusters: Option<u32>,
    /// How many nodes it may hold, 0 to 10000.
    max_nodes: Option<u32>,
    /// What all of them together may cost an hour, in millionths of a US dollar.
    max_price_per_hour: Option<MicroDollars>,
    /// The `version` of the environment that you saw.
    version: i64,
}

/// Set the limits of an environment
///
/// They hold for orders from now on; what is there stays. For platform admins.
#[utoipa::path(put, path = "/tenants/{tenant}/environments/{environment}/limits", operation_id = "set_environment_limits", tag = "tenants", request_body = LimitsInput, params(("tenant" = String, Path, description = "The tenant's slug"), ("environment" = String, Path, description = "The environment's slug")), responses(
    (status = 200, description = "The tenant as it is now", body = TenantDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "It is archived, or no longer as in `version`: `errors` say what is different now", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A limit is out of range", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn set_limits(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((tenant, environment)): Path<(String, String)>,
    ApiJson(input): ApiJson<LimitsInput>,
) -> Answer<Json<TenantDetail>> {
    let (tenant, id) = place(&portal, &caller, &tenant, &environment).await?;
    let limits = EnvironmentLimits {
        max_clusters: input.max_clusters,
        max_nodes: input.max_nodes,
        max_price_per_hour: input.max_price_per_hour,
    };
    let limited = portal
        .core
        .tenants
        .set_limits(&caller, tenant, id, limits, input.version);
    Ok(Json(limited.await?))
}

/// Archive an environment
///
/// One in which nothing is left. Its history stays, and its slug is not used a second time. For admins of the tenant.
#[utoipa::path(post, path = "/tenants/{tenant}/environments/{environment}/archive", operation_id = "archive_environment", tag = "tenants", params(("tenant" = String, Path, description = "The tenant's slug"), ("environment" = String, Path, description = "The environment's slug"), Confirmation), responses(
    (status = 200, description = "The tenant as it is now", body = TenantDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are no admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "There is something in it, or it is archived already", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "The slug does not fit", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn archive(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((tenant, environment)): Path<(String, String)>,
    ApiQuery(confirmation): ApiQuery<Confirmation>,
) -> Answer<Json<TenantDetail>> {
    let (tenant, id) = place(&portal, &caller, &tenant, &environment).await?;
    let slug = confirmation.confirm.unwrap_or_default();
    let archived = portal
        .core
        .tenants
        .archive_environment(&caller, tenant, id, &slug)
        .await;
    Ok(Json(
        archived.map_err(|problem| as_parameter(problem, "confirm"))?,
    ))
}
