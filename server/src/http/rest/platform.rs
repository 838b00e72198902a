//! `/api/v1/host-clusters` and `/api/v1/plans`: what the portal stands on.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::Answer;
use crate::{
    http::{identity::SignedIn, problem::ProblemDocument},
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::platform::{HostCheck, HostCluster, PlanUse};
use std::sync::Arc;

/// List host clusters
///
/// The clusters of the configuration that virtual clusters are put on, with what is on them. For platform admins.
#[utoipa::path(get, path = "/host-clusters", operation_id = "list_host_clusters", tag = "platform", responses(
    (status = 200, description = "The host clusters", body = Vec<HostCluster>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn host_clusters(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
) -> Answer<Json<Vec<HostCluster>>> {
    Ok(Json(portal.core.platform.host_clusters(&caller).await?))
}

/// Check a host cluster
///
/// Asks it whether the portal has every permission that it needs there, as `hangar check` does. Missing permissions
/// are an answer, not an error. For platform admins.
#[utoipa::path(post, path = "/host-clusters/{name}/check", operation_id = "check_host_cluster", tag = "platform", params(("name" = String, Path, description = "Its name in the configuration")), responses(
    (status = 200, description = "What it answered", body = HostCheck),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such host cluster in the configuration", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "It does not answer, or refuses the portal", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn check_host(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(name): Path<String>,
) -> Answer<Json<HostCheck>> {
    Ok(Json(portal.core.platform.check_host(&caller, &name).await?))
}

/// List plans
///
/// Those that can be ordered, and those that clusters still have, with how many clusters have each. Prices are in
/// millionths of a US dollar. For platform admins; what you may order is under `/order-options`.
#[utoipa::path(get, path = "/plans", operation_id = "list_plans", tag = "platform", responses(
    (status = 200, description = "The plans", body = Vec<PlanUse>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn plans(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
) -> Answer<Json<Vec<PlanUse>>> {
    Ok(Json(portal.core.platform.plans(&caller).await?))
}
