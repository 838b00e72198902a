//! The faults of `faults.rs` over HTTP, for browser tests and for trying how the portal reacts. Only JSON is accepted, so
//! that forms on other sites cannot send it. Actions are `rotate-signing-key`, `skypilot-end-machine` with a `cluster`, and
//! `skypilot-make-orphan` with `workspace` and `cluster`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

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

/// Faults that the body does not name are switched off.
async fn replace(
    State(provider): State<Arc<Provider>>,
    Json(settings): Json<FaultSettings>,
) -> Json<FaultSettings> {
    provider.faults.replace(settings);
    show(State(provider)).await
}

#[derive(Deserialize)]
struct Target {
    #[serde(default)]
    cluster: String,
    #[serde(default)]
    workspace: String,
}

async fn act(
    State(provider): State<Arc<Provider>>,
    Path(action): Path<String>,
    Json(target): Json<Target>,
) -> StatusCode {
    let faults = &provider.faults;
    match (action.as_str(), faults.skypilot()) {
        ("rotate-signing-key", _) => faults.rotate_signing_key(),
        ("skypilot-end-machine", Some(skypilot)) if skypilot.end_machine(&target.cluster) => {}
        ("skypilot-make-orphan", Some(skypilot))
            if skypilot.make_orphan(&target.workspace, &target.cluster) => {}
        _ => return StatusCode::NOT_FOUND,
    }
    StatusCode::NO_CONTENT
}
