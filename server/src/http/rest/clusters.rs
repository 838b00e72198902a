//! `/api/v1/clusters`.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::{
    Answer, PREFIX,
    extract::{ApiJson, ApiQuery, idempotency_key},
};
use crate::{
    http::{
        events::{self, Payload},
        identity::SignedIn,
        kubeconfig::attachment,
        problem::ProblemDocument,
    },
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    cluster::{Cluster, ClusterEvent, ClusterKind, ClusterPage},
    ids::ClusterId,
    listing::ListQueryInput,
    order::OrderInput,
    problem::Problem,
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// List clusters
///
/// Those you may see, newest first unless asked otherwise.
#[utoipa::path(get, path = "/clusters", operation_id = "list_clusters", tag = "clusters", params(ListQueryInput), responses(
    (status = 200, description = "A page of clusters", body = ClusterPage),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A parameter breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn list(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiQuery(query): ApiQuery<ListQueryInput>,
) -> Answer<Json<ClusterPage>> {
    let query = query.validate().map_err(Problem::invalid)?;
    Ok(Json(portal.core.clusters.list(&caller, query).await?))
}

/// Order a cluster
///
/// Answers as soon as the order is kept; follow the cluster until its state is `ready`. Send an `Idempotency-Key` of
/// your choice to be able to repeat the request safely: the same key and order is answered with the cluster that was
/// ordered first.
#[utoipa::path(post, path = "/clusters", operation_id = "order_cluster", tag = "clusters", request_body = OrderInput, params(
    ("Idempotency-Key" = Option<String>, Header, description = "At most 128 visible ASCII characters, new for each order"),
), responses(
    (status = 201, description = "Ordered", body = Cluster, headers(("Location" = String, description = "The cluster's address"))),
    (status = 200, description = "The same key and order had been accepted before", body = Cluster),
    (status = 400, description = "Not readable", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not order there", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The name is taken", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "Fields break rules, or the key stands for another order", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn order(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    headers: HeaderMap,
    ApiJson(input): ApiJson<OrderInput>,
) -> Answer<Response> {
    let key = idempotency_key(&headers)?;
    let ordered = portal.core.clusters.create(&caller, input, key).await?;
    let status = if ordered.replayed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let location = format!("{PREFIX}/clusters/{}", ordered.cluster.id);
    Ok((
        status,
        [(header::LOCATION, location)],
        Json(ordered.cluster),
    )
        .into_response())
}

/// Look at a cluster
#[utoipa::path(get, path = "/clusters/{id}", operation_id = "get_cluster", tag = "clusters", params(("id" = ClusterId, Path, description = "The cluster's id")), responses(
    (status = 200, description = "The cluster", body = Cluster),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn get(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<Cluster>> {
    Ok(Json(
        portal.core.clusters.get(&caller, cluster_id(&id)?).await?,
    ))
}

/// What must come along with a deletion.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Confirmation {
    /// The cluster's name, so that nothing is deleted by a mistyped id.
    confirm: Option<String>,
}

/// Delete a cluster
///
/// With everything in it. Answers as soon as the deletion is kept; the cluster is `deleting` until nothing of it is
/// left, and not found afterwards.
#[utoipa::path(delete, path = "/clusters/{id}", operation_id = "delete_cluster", tag = "clusters", params(("id" = ClusterId, Path, description = "The cluster's id"), Confirmation), responses(
    (status = 202, description = "Being deleted", body = Cluster),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not delete it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "The name does not fit", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
    ApiQuery(confirmation): ApiQuery<Confirmation>,
) -> Answer<(StatusCode, Json<Cluster>)> {
    let name = confirmation.confirm.unwrap_or_default();
    let cluster = portal
        .core
        .clusters
        .delete(&caller, cluster_id(&id)?, &name)
        .await?;
    Ok((StatusCode::ACCEPTED, Json(cluster)))
}

/// Get the kubeconfig
///
/// Read from the cluster at this moment and audited. It gives full control over the cluster: keep it safe.
#[utoipa::path(get, path = "/clusters/{id}/kubeconfig", operation_id = "get_kubeconfig", tag = "clusters", params(("id" = ClusterId, Path, description = "The cluster's id")), responses(
    (status = 200, description = "The kubeconfig", body = String, content_type = "application/yaml"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not use it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The cluster is not ready yet", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The host cluster does not answer", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn kubeconfig(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Response> {
    Ok(attachment(&portal, &caller, &id).await?)
}

/// What the host cluster tells about it
///
/// Newest first.
#[utoipa::path(get, path = "/clusters/{id}/events", operation_id = "list_cluster_events", tag = "clusters", params(("id" = ClusterId, Path, description = "The cluster's id")), responses(
    (status = 200, description = "The events", body = Vec<ClusterEvent>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The host cluster does not answer", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn events(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<Vec<ClusterEvent>>> {
    Ok(Json(
        portal
            .core
            .clusters
            .events(&caller, cluster_id(&id)?)
            .await?,
    ))
}

/// Follow a cluster
///
/// Server-sent events named `cluster`, each with the cluster as it is then: one at once, one for each change. The
/// stream ends when the cluster is gone or your access ends.
#[utoipa::path(get, path = "/clusters/{id}/stream", operation_id = "follow_cluster", tag = "clusters", params(("id" = ClusterId, Path, description = "The cluster's id")), responses(
    (status = 200, description = "The stream", body = Cluster, content_type = "text/event-stream"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Too many streams are open", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn stream(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
    Path(id): Path<String>,
) -> Answer<Response> {
    events::resource::<ClusterKind>(&portal, caller, signed, &id, Payload::Full).await
}

/// An id that is none belongs to nothing.
fn cluster_id(text: &str) -> Result<ClusterId, Problem> {
    text.parse().map_err(|_| Problem::not_found("cluster"))
}
