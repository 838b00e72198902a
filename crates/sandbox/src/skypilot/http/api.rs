//! `/api/*`: health, and what became of requests.

use std::sync::Arc;

use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::authentication::Caller;
use super::body::Body;
use super::call::{Call, Origin};
use super::refusal::Refusal;
use super::streaming::{Format, follow_log, text_stream};
use super::versions::{API_VERSION, COMMIT, VERSION};
use crate::skypilot::Server;
use crate::skypilot::python::{repr, repr_list};
use crate::skypilot::requests::{FIELDS, Kind, Phase, Request};
use crate::skypilot::users::Role;

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
        "commit": COMMIT,
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
pub struct Asked {
    request_id: Option<String>,
}

pub async fn get(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let Some(id) = asked.request_id else {
        return Err(Refusal::unprocessable(vec![json!({
            "type": "missing",
            "loc": ["query", "request_id"],
            "msg": "Field required",
            "input": null,
        })]));
    };
    let request = find(&server, &caller, &id)?;
    match request.finished().await.phase {
        Phase::Failed(_) => Err(Refusal::internal(request.payload())),
        _ => Ok(Json(request.payload()).into_response()),
    }
}

pub async fn status(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let query = query.unwrap_or_default();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let all = |name: &str| -> Vec<String> {
        pairs
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .collect()
    };
    let one = |name: &str| all(name).pop();
    let (ids, fields) = (all("request_ids"), all("fields"));
    let unknown: Vec<_> = fields
        .iter()
        .map(String::as_str)
        .filter(|field| !FIELDS.contains(field))
        .collect();
    if !unknown.is_empty() {
        return Err(Refusal::bad(format!(
            "Unknown request field(s): {}. Valid fields: {}",
            repr_list(unknown),
            repr_list(FIELDS)
        )));
    }
    let scope = caller.scope();
    if !ids.is_empty() {
        // Fields are not looked at when requests are named; the real server does the same.
        let found = ids
            .iter()
            .flat_map(|id| server.requests.with_prefix(id, scope))
            .map(|request| request.summary());
        return Ok(Json(found.collect()));
    }
    let with_finished = one("all_status").is_some_and(|all| matches!(all.as_str(), "true" | "1"));
    let cluster = one("cluster_name");
    let limit = one("limit").and_then(|limit| limit.parse().ok());
    let found = server
        .requests
        .latest_first(scope)
        .into_iter()
        .filter(|request| with_finished || !request.progress().phase.is_over())
        .filter(|request| cluster.is_none() || request.cluster == cluster)
        .take(limit.unwrap_or(usize::MAX))
        .map(|request| {
            if fields.is_empty() {
                request.summary()
            } else {
                request.selected(&fields)
            }
        });
    Ok(Json(found.collect()))
}

#[derive(Deserialize)]
pub struct StreamAsked {
    request_id: Option<String>,
    tail: Option<usize>,
    #[serde(default = "yes")]
    follow: bool,
    #[serde(default)]
    format: Format,
}

fn yes() -> bool {
    true
}

pub async fn stream(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<StreamAsked>,
) -> Result<Response, Refusal> {
    let request = match &asked.request_id {
        Some(id) => find(&server, &caller, id)?,
        None => server
            .requests
            .latest_first(caller.scope())
            .into_iter()
            .next()
            .ok_or_else(|| Refusal::not_found("No request found"))?,
    };
    let header = asked.request_id.unwrap_or_else(|| request.id.clone());
    let log = follow_log(request, asked.format, asked.tail, asked.follow);
    let mut response = text_stream(&server, log);
    if let Ok(value) = HeaderValue::from_str(&header) {
        let name = HeaderName::from_static("x-skypilot-stream-request-id");
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Cancels requests: the caller's, or anybody's if an administrator asks.
pub async fn cancel(call: Call, mut body: Body) -> Result<Response, Refusal> {
    if call.caller.role == Role::Viewer {
        return Err(Refusal::forbidden(
            "The viewer role cannot cancel requests.",
        ));
    }
    let ids = body.texts("request_ids");
    let user = body.text("user_id");
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("api_cancel", "kill_requests_with_prefix");
    Ok(call.submit(kind, None, origin, move |context| async move {
        let owner = context.caller.scope().map(str::to_owned).or(user);
        let requests = &context.server.requests;
        let wanted: Vec<_> = match ids {
            Some(ids) => ids
                .iter()
                .flat_map(|id| requests.with_prefix(id, owner.as_deref()))
                .collect(),
            None => requests.latest_first(owner.as_deref()),
        };
        let others = wanted
            .into_iter()
            .filter(|request| request.id != context.request.id);
        Ok(requests.cancel(others.collect()).await.into())
    }))
}

fn find(server: &Server, caller: &Caller, id: &str) -> Result<Arc<Request>, Refusal> {
    let mut found = server.requests.with_prefix(id, caller.scope());
    match (found.pop(), found.is_empty()) {
        (Some(request), true) => Ok(request),
        (Some(_), false) => Err(Refusal::bad(format!(
            "Multiple requests found for request ID prefix: {id}"
        ))),
        (None, _) => Err(Refusal::not_found(format!(
            "Request {} not found",
            repr(id)
        ))),
    }
}
