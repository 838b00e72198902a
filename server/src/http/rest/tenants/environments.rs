//! `/api/v1/tenants/{tenant}/environments`.

use super::{
    super::{
        Answer, Rename,
        extract::{ApiJson, Confirmation},
        operation::{Operation, patch, post, put, tagged},
        path::{EnvironmentSlug, PathId, TenantSlug},
        reply::Created,
    },
    environment_id, tenant_id,
};
use crate::http::call::Call;
use axum::Json;
use domain::{
    access::{Action::ManageEnvironments, PlatformAction::ManageTenants},
    money::MicroDollars,
    tenancy::{EnvironmentInput, EnvironmentLimits, TenantDetail},
};
use serde::Deserialize;
use utoipa::ToSchema;

type EnvironmentPath = PathId<(TenantSlug, EnvironmentSlug)>;

const ENVIRONMENT: &str = "/tenants/{tenant}/environments/{environment}";

pub fn operations() -> Vec<Operation> {
    tagged(
        "tenants",
        [
            post(
                "/tenants/{tenant}/environments",
                "create_environment",
                create,
            )
            .requires(ManageEnvironments)
            .about("The new environment has no limits.")
            .fails([409]),
            patch(ENVIRONMENT, "rename_environment", rename)
                .requires(ManageEnvironments)
                .about("The slug cannot be changed.")
                .fails([409]),
            put(
                format!("{ENVIRONMENT}/limits"),
                "set_environment_limits",
                set_limits,
            )
            .requires(ManageTenants)
            .about("The limits apply to new requests; existing resources stay.")
            .fails([409]),
            post(
                format!("{ENVIRONMENT}/archive"),
                "archive_environment",
                archive,
            )
            .requires(ManageEnvironments)
            .about(
                "The environment must be empty. The history is kept, and the slug cannot be \
                     used again.",
            )
            .fails([409]),
        ],
    )
}

async fn create(
    call: Call,
    PathId(TenantSlug(tenant)): PathId<TenantSlug>,
    ApiJson(input): ApiJson<EnvironmentInput>,
) -> Answer<Created<TenantDetail>> {
    let id = tenant_id(&call, &tenant).await?;
    let path = format!("/tenants/{tenant}/environments/{}", input.slug);
    let tenants = &call.core().tenants;
    let body = tenants.create_environment(&call.caller, id, input).await?;
    Ok(Created { path, body })
}

async fn rename(
    call: Call,
    PathId(path): EnvironmentPath,
    ApiJson(Rename { name, version }): ApiJson<Rename>,
) -> Answer<Json<TenantDetail>> {
    let (tenant, id) = environment_id(&call, &path).await?;
    let tenants = &call.core().tenants;
    let renamed = tenants.rename_environment(&call.caller, tenant, id, &name, version);
    Ok(Json(renamed.await?))
}

/// All limits of an environment; `null`: no limit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LimitsInput {
    /// Clusters, 0 to 10000.
    max_clusters: Option<u32>,
    /// Nodes, 0 to 10000.
    max_nodes: Option<u32>,
    /// Price per hour of all resources, in millionths of a US dollar.
    max_price_per_hour: Option<MicroDollars>,
    /// The `version` of the environment that the change is based on.
    version: i64,
}

async fn set_limits(
    call: Call,
    PathId(path): EnvironmentPath,
    ApiJson(input): ApiJson<LimitsInput>,
) -> Answer<Json<TenantDetail>> {
    let (tenant, id) = environment_id(&call, &path).await?;
    let limits = EnvironmentLimits {
        max_clusters: input.max_clusters,
        max_nodes: input.max_nodes,
        max_price_per_hour: input.max_price_per_hour,
    };
    let tenants = &call.core().tenants;
    let limited = tenants.set_limits(&call.caller, tenant, id, limits, input.version);
    Ok(Json(limited.await?))
}

async fn archive(
    call: Call,
    PathId(path): EnvironmentPath,
    Confirmation(slug): Confirmation,
) -> Answer<Json<TenantDetail>> {
    let (tenant, id) = environment_id(&call, &path).await?;
    let tenants = &call.core().tenants;
    let archived = tenants.archive_environment(&call.caller, tenant, id, &slug);
    Ok(Json(archived.await?))
}
