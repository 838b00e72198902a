//! The calls of SkyPilot's API server 0.14.1 that the portal makes.

mod api;
mod authentication;
mod call;
mod clusters;
mod jobs;
mod refusal;
mod service_accounts;
mod streaming;
mod workspaces;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

use super::server::Server;
use crate::http_listener::LostResponse;
use authentication::Caller;
use refusal::Refusal;

pub use call::Context;
pub use streaming::{Gone, HEARTBEAT, HEARTBEAT_INTERVAL, Sink};

const API_VERSION: &str = "62";
const VERSION: &str = "0.14.1";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-skypilot-request-id");

pub fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/api/health", get(api::health))
        .route("/api/get", get(api::get))
        .route("/api/status", get(api::status))
        .route("/api/stream", get(api::stream))
        .route("/api/cancel", post(api::cancel))
        .route("/launch", post(clusters::launch))
        .route("/exec", post(clusters::exec))
        .route("/validate", post(clusters::validate))
        .route("/status", post(clusters::status))
        .route("/start", post(clusters::start))
        .route("/stop", post(clusters::stop))
        .route("/down", post(clusters::down))
        .route("/autostop", post(clusters::autostop))
        .route("/endpoints", post(clusters::endpoints))
        .route("/cluster_events", post(clusters::events))
        .route("/provision_logs", post(clusters::provision_logs))
        .route("/list_accelerators", post(clusters::accelerators))
        .route("/queue", post(jobs::queue))
        .route("/cancel", post(jobs::cancel))
        .route("/logs", post(jobs::logs))
        .route("/check", post(workspaces::check))
        .route("/workspaces", get(workspaces::list))
        .route("/workspaces/create", post(workspaces::create))
        .route("/workspaces/update", post(workspaces::update))
        .route("/users/role", get(role))
        .route(
            "/users/service-account-tokens",
            get(service_accounts::list).post(service_accounts::create),
        )
        .route(
            "/users/service-account-tokens/rotate",
            post(service_accounts::rotate),
        )
        .route(
            "/users/service-account-tokens/update-role",
            post(service_accounts::update_role),
        )
        .fallback(async || Refusal::not_found("Not Found"))
        .layer(middleware::from_fn_with_state(
            server.clone(),
            authentication::authenticate,
        ))
        .layer(middleware::from_fn_with_state(
            server.clone(),
            inject_faults,
        ))
        .layer(middleware::from_fn(add_headers))
        .with_state(server)
}

async fn role(Extension(caller): Extension<Caller>) -> Json<Value> {
    Json(json!({"id": caller.id, "name": caller.name, "role": caller.role}))
}

#[derive(Clone, Debug)]
struct RequestId(String);

/// Every response has a request id, whether or not a request of this id exists, and the server's version.
async fn add_headers(mut request: Request, next: Next) -> Response {
    let id = Uuid::new_v4().to_string();
    let header = HeaderValue::from_str(&id);
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(header) = header {
        headers.insert(REQUEST_ID, header);
    }
    for (name, value) in [
        ("x-skypilot-api-version", API_VERSION),
        ("x-skypilot-version", VERSION),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn inject_faults(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match server.faults.next_skypilot_failure() {
        Some(503) => Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Server is shutting down, please try again later.",
        )
        .into_response(),
        Some(status) => (
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            "Traceback (most recent call last):\nRuntimeError: injected fault\n",
        )
            .into_response(),
        None => next.run(request).await,
    };
    if server.faults.loses_skypilot_response() {
        response.extensions_mut().insert(LostResponse);
    }
    response
}
