//! One node: looking at it, stopping and starting it, taking it down.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::node_id;
use crate::{
    http::{
        events::{self, Payload},
        identity::SignedIn,
        problem::ProblemDocument,
        rest::{
            Answer,
            extract::{ApiJson, ApiQuery},
        },
    },
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use domain::{
    ids::NodeId,
    node::{
        order::AutostopInput,
        view::{Node, NodeEvent, NodeKind},
    },
};
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Look at a node
#[utoipa::path(get, path = "/nodes/{id}", operation_id = "get_node", tag = "nodes", params(("id" = NodeId, Path, description = "The node's id")), responses(
    (status = 200, description = "The node", body = Node),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn get(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<Node>> {
    Ok(Json(portal.core.nodes.get(&caller, node_id(&id)?).await?))
}

/// What must come along with a deletion.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Confirmation {
    /// The node's name, so that nothing is taken down by a mistyped id.
    confirm: Option<String>,
}

/// Take a node down
///
/// With its disk and everything on it. Answers as soon as this is kept; the node is `deleting` until SkyPilot no longer
/// lists its machine, and not found afterwards.
#[utoipa::path(delete, path = "/nodes/{id}", operation_id = "delete_node", tag = "nodes", params(("id" = NodeId, Path, description = "The node's id"), Confirmation), responses(
    (status = 202, description = "Being taken down", body = Node),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not take it down", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "The name does not fit", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
    ApiQuery(confirmation): ApiQuery<Confirmation>,
) -> Answer<(StatusCode, Json<Node>)> {
    let name = confirmation.confirm.unwrap_or_default();
    let node = portal
        .core
        .nodes
        .delete(&caller, node_id(&id)?, &name)
        .await?;
    Ok((StatusCode::ACCEPTED, Json(node)))
}

/// Stop a node
///
/// Its disk stays; nothing runs on it any more. Answers as soon as this is kept; the node is `stopping` until it is
/// `stopped`.
#[utoipa::path(post, path = "/nodes/{id}/stop", operation_id = "stop_node", tag = "nodes", params(("id" = NodeId, Path, description = "The node's id")), responses(
    (status = 202, description = "Being stopped", body = Node),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not stop it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "It is not up, or cannot be stopped", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn stop(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<(StatusCode, Json<Node>)> {
    let node = portal.core.nodes.stop(&caller, node_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(node)))
}

/// Start a node that is stopped
///
/// Answers as soon as this is kept; the node is `starting` until it is `ready`.
#[utoipa::path(post, path = "/nodes/{id}/start", operation_id = "start_node", tag = "nodes", params(("id" = NodeId, Path, description = "The node's id")), responses(
    (status = 202, description = "Being started", body = Node),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not start it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "It is not stopped", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn start(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<(StatusCode, Json<Node>)> {
    let node = portal.core.nodes.start(&caller, node_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(node)))
}

/// Change when a node stops by itself
///
/// An empty object: never.
#[utoipa::path(put, path = "/nodes/{id}/autostop", operation_id = "set_node_autostop", tag = "nodes", request_body = AutostopInput, params(("id" = NodeId, Path, description = "The node's id")), responses(
    (status = 200, description = "Changed", body = Node),
    (status = 400, description = "Not readable", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not change it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "Not in its present state", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "Fields break rules", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn set_autostop(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
    ApiJson(input): ApiJson<AutostopInput>,
) -> Answer<Json<Node>> {
    let id = node_id(&id)?;
    Ok(Json(
        portal.core.nodes.set_autostop(&caller, id, input).await?,
    ))
}

/// What SkyPilot tells about its machine
///
/// Newest first.
#[utoipa::path(get, path = "/nodes/{id}/events", operation_id = "list_node_events", tag = "nodes", params(("id" = NodeId, Path, description = "The node's id")), responses(
    (status = 200, description = "The events", body = Vec<NodeEvent>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The SkyPilot API server does not answer", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn events(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<Vec<NodeEvent>>> {
    Ok(Json(
        portal.core.nodes.events(&caller, node_id(&id)?).await?,
    ))
}

/// Follow a node
///
/// Server-sent events named `node`, each with the node as it is then: one at once, one for each change. The stream ends
/// when the node is gone or your access ends.
#[utoipa::path(get, path = "/nodes/{id}/stream", operation_id = "follow_node", tag = "nodes", params(("id" = NodeId, Path, description = "The node's id")), responses(
    (status = 200, description = "The stream", body = Node, content_type = "text/event-stream"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Too many streams are open", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn stream(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
    Path(id): Path<String>,
) -> Answer<Response> {
    events::resource::<NodeKind>(&portal, caller, signed, &id, Payload::Full).await
}
