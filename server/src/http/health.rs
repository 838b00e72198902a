//! For whoever runs the portal: is it alive, and can it work?

use crate::portal::Portal;
use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// The database must answer this soon.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: requests can be served. Not when the portal is stopping or its database is away.
pub async fn ready(State(portal): State<Arc<Portal>>) -> impl IntoResponse {
    if portal.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match timeout(PATIENCE, portal.database.clusters().next_due()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ok\n"),
        Ok(Err(error)) => {
            tracing::warn!(error = %domain::error::causes(&error), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database fails\n")
        }
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}
