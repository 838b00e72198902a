//! `/api/*`: health, and the state of requests.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::authentication::Caller;
use super::call::Call;
use super::refusal::Refusal;
use super::streaming::{follow_log, text_stream};
use super::{API_VERSION, VERSION};
use crate::skypilot::Server;
use crate::skypilot::python::repr;
use crate::skypilot::requests::{Kind, Phase, Request};

pub async fn health(caller: Option<Extension<Caller>>) -> Json<Value> {
    let user = caller.map(|Extension(caller)| {
        json!({
            "id": caller.id,
            "name": caller.name,
            "password": null,
            "created_at": null,
            "user_type": null,
            "preferred_workspace": null,
        })
    });
    Json(json!({
        "status": "healthy",
        "api_version": API_VERSION,
        "version": VERSION,
        "version_on_disk": VERSION,
        "commit": "7e595970a806dcc9eefadf459f399edf1733e962",
        "basic_auth_enabled": true,
        "user": user,
        "service_account_token_enabled": true,
        "ingress_basic_auth_enabled": false,
        "latest_version": null,
        "external_proxy_auth_enabled": false,
        "telemetry_enabled": false,
        "restrict_config_to_admins": true,
    }))
}

#[derive(Deserialize)]
pub struct GetQuery {
    request_id: String,
}

pub async fn get(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<GetQuery>,
) -> Result<Response, Refusal> {
    let request = find(&server, &caller, &query.request_id)?;
    match request.finished().await.phase {
        Phase::Failed(_) => Err(Refusal::internal(request.payload())),
        _ => Ok(Json(request.payload()).into_response()),
    }
}

#[derive(Deserialize)]
pub struct StatusQuery {
    request_ids: Option<String>,
    cluster_name: Option<String>,
    #[serde(default)]
    all_status: bool,
    limit: Option<usize>,
}

pub async fn status(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<StatusQuery>,
) -> Json<Value> {
    let scope = caller.scope();
    if let Some(id) = query.request_ids {
        let request = server.requests.find(&id, scope);
        return Json(request.iter().map(|request| request.summary()).collect());
    }
    let requests = server
        .requests
        .latest_first(scope)
        .into_iter()
        .filter(|request| query.all_status || !request.progress().phase.is_over())
        .filter(|request| query.cluster_name.is_none() || request.cluster == query.cluster_name)
        .take(query.limit.unwrap_or(usize::MAX))
        .map(|request| request.summary());
    Json(requests.collect())
}

#[derive(Deserialize)]
pub struct StreamQuery {
    request_id: String,
    tail: Option<usize>,
    #[serde(default = "yes")]
    follow: bool,
}

pub(super) fn yes() -> bool {
    true
}

pub async fn stream(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<StreamQuery>,
) -> Result<Response, Refusal> {
    let request = find(&server, &caller, &query.request_id)?;
    let log = follow_log(request, query.tail, query.follow);
    Ok(text_stream(&server, log))
}

#[derive(Deserialize)]
pub struct CancelBody {
    request_ids: Vec<String>,
}

/// Cancels requests of the caller, or anyone's if the caller is an admin.
pub async fn cancel(call: Call<CancelBody>) -> Response {
    let kind = Kind::short("api_cancel", "kill_requests_with_prefix");
    call.submit(kind, async |context, body| {
        let (requests, scope) = (&context.server.requests, context.caller.scope());
        let found = body
            .request_ids
            .iter()
            .filter_map(|id| requests.find(id, scope));
        Ok(requests.cancel(found.collect()).await.into())
    })
}

fn find(server: &Server, caller: &Caller, id: &str) -> Result<Arc<Request>, Refusal> {
    let request = server.requests.find(id, caller.scope());
    request.ok_or_else(|| Refusal::not_found(format!("Request {} not found", repr(id))))
}
