//! Liveness and readiness probes.

use crate::portal::Portal;
use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// Time for the database to respond.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process responds.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: fails while the portal is shutting down or its database does not respond.
pub async fn ready(State(portal): State<Arc<Portal>>) -> impl IntoResponse {
    if portal.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match timeout(PATIENCE, portal.database.clusters().next_due()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ok\n"),
        Ok(Err(error)) => {
            tracing::warn!(error = %domain::error::causes(&error), "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database returned an error\n",
            )
        }
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database did not respond\n",
        ),
    }
}
