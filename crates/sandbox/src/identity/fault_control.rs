//! The switches of `faults.rs` over HTTP, for browser tests and for people who want to see how the portal takes it.
//! Only JSON is accepted: a form on a page elsewhere cannot send that without asking first. Actions are
//! `drop-watches`, `rotate-signing-key`, `skypilot-cut-streams`, `skypilot-restart`, `skypilot-end-machine` with a
//! `cluster`, and `skypilot-make-orphan` with a `workspace` and a `cluster` to be made in it.

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

/// What the body does not name is switched off: `{}` heals everything.
async fn replace(
    State(provider): State<Arc<Provider>>,
    Json(settings): Json<FaultSettings>,
) -> Json<FaultSettings> {
    provider.faults.replace(settings);
    show(State(provider)).await
}

#[derive(Deserialize)]
struct Target {
    cluster: Option<String>,
    workspace: Option<String>,
}

async fn act(
    State(provider): State<Arc<Provider>>,
    Path(action): Path<String>,
    Json(target): Json<Target>,
) -> StatusCode {
    let faults = &provider.faults;
    let skypilot = faults.skypilot();
    let done = match (action.as_str(), skypilot) {
        ("drop-watches", _) => {
            faults.drop_watches();
            true
        }
        ("rotate-signing-key", _) => {
            faults.rotate_signing_key();
            true
        }
        ("skypilot-cut-streams", Some(skypilot)) => {
            skypilot.cut_streams();
            true
        }
        ("skypilot-restart", Some(skypilot)) => {
            skypilot.restart();
            true
        }
        ("skypilot-end-machine", Some(skypilot)) => target
            .cluster
            .is_some_and(|cluster| skypilot.end_machine(&cluster)),
        ("skypilot-make-orphan", Some(skypilot)) => {
            let (workspace, cluster) = (target.workspace, target.cluster);
            let workspace = workspace.as_deref().unwrap_or("default");
            skypilot.make_orphan(workspace, cluster.as_deref().unwrap_or("orphan"))
        }
        _ => false,
    };
    if done {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}
