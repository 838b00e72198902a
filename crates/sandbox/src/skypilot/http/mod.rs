//! The calls of SkyPilot's API server, as `openapi.json` of 0.14.1 lists those that are served here.

mod api;
mod authentication;
mod body;
mod call;
mod clusters;
mod jobs;
mod offers;
mod provision_logs;
mod refusal;
mod request_id;
mod rights;
mod service_accounts;
mod streaming;
mod tasks;
mod users;
mod versions;
mod workspaces;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::server::Server;
use refusal::Refusal;

pub use call::Context;
pub use streaming::{Gone, Sink};

pub fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/api/health", get(api::health))
        .route("/api/get", get(api::get))
        .route("/api/status", get(api::status))
        .route("/api/stream", get(api::stream))
        .route("/api/cancel", post(api::cancel))
        .route("/launch", post(clusters::launch))
        .route("/exec", post(clusters::exec))
        .route("/status", post(clusters::status))
        .route("/start", post(clusters::start))
        .route("/stop", post(clusters::stop))
        .route("/down", post(clusters::down))
        .route("/autostop", post(clusters::autostop))
        .route("/endpoints", post(clusters::endpoints))
        .route("/cluster_events", post(clusters::events))
        .route("/cost_report", post(clusters::cost_report))
        .route("/provision_logs", post(provision_logs::provision_logs))
        .route("/queue", post(jobs::queue))
        .route("/job_status", post(jobs::job_status))
        .route("/cancel", post(jobs::cancel))
        .route("/logs", post(jobs::logs))
        .route("/validate", post(tasks::validate))
        .route("/list_accelerators", post(offers::accelerators))
        .route("/check", post(workspaces::check))
        .route("/enabled_clouds", get(workspaces::enabled_clouds))
        .route("/workspaces", get(workspaces::list))
        .route("/workspaces/create", post(workspaces::create))
        .route("/workspaces/update", post(workspaces::update))
        .route("/workspaces/delete", post(workspaces::delete))
        .route("/users", get(users::list))
        .route("/users/role", get(users::role))
        .route(
            "/users/service-account-tokens",
            get(service_accounts::list).post(service_accounts::create),
        )
        .route(
            "/users/service-account-tokens/delete",
            post(service_accounts::delete),
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
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
        })
        .layer(middleware::from_fn(rights::check_role))
        .layer(middleware::from_fn_with_state(
            server.clone(),
            authentication::authenticate,
        ))
        .layer(middleware::from_fn_with_state(
            server.clone(),
            misbehave_as_told,
        ))
        .layer(middleware::from_fn(versions::check_version))
        .layer(middleware::from_fn(request_id::number))
        .with_state(server)
}

async fn misbehave_as_told(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response {
    match server.faults.next_skypilot_failure() {
        Some(503) => Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Server is shutting down, please try again later.",
        )
        .into_response(),
        Some(status) => (
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            "Traceback (most recent call last):\nRuntimeError: the sandbox was told to fail\n",
        )
            .into_response(),
        None => next.run(request).await,
    }
}
