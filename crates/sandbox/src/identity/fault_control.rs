//! The switches of `faults.rs` over HTTP, for browser tests and for people who want to see how the portal takes it.
//! Only JSON is accepted: a form on a page elsewhere cannot send that without asking first.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

use super::Provider;
use crate::faults::FaultSettings;

pub fn routes() -> Router<Arc<Provider>> {
    Router::new()
        .route("/sandbox/faults", get(show).put(replace))
        .route("/sandbox/faults/actions/{action}", post(act))
}

async fn show(State(provider): State<Arc<Provider>>) -> Json<FaultSettings> {
    Json(provider.faults.current())
}

/// What the body does not name is switched off: `{}` heals everything.
async fn replace(
    State(provider): State<Arc<Provider>>,
    Json(settings): Json<FaultSettings>,
) -> Json<FaultSettings> {
    provider.faults.replace(settings);
    show(State(provider)).await
}

async fn act(
    State(provider): State<Arc<Provider>>,
    Path(action): Path<String>,
    Json(_): Json<Value>,
) -> StatusCode {
    match action.as_str() {
        "drop-watches" => provider.faults.drop_watches(),
        "rotate-signing-key" => provider.faults.rotate_signing_key(),
        _ => return StatusCode::NOT_FOUND,
    }
    StatusCode::NO_CONTENT
}
