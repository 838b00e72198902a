//! Probes for what runs the portal: whether the process is alive, and whether it can work.

use crate::portal::Portal;
use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use persistence::Database;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// The database must take a write this soon.
const PATIENCE: Duration = Duration::from_secs(2);
/// One answer serves every probe for this long: anyone may ask, and each question writes.
const VALID: Duration = Duration::from_secs(1);

/// Whether the database takes writes, as last found out.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, Finding)>>);

/// What is wrong, in a line.
type Finding = Result<(), &'static str>;

impl Readiness {
    async fn find(&self, database: &Database) -> Finding {
        let mut last = self.0.lock().await;
        if let Some((at, finding)) = *last
            && at.elapsed() < VALID
        {
            return finding;
        }
        let finding = match timeout(PATIENCE, try_database(database)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::warn!(error = %domain::error::causes(&error), "not ready");
                Err("the database fails\n")
            }
            Err(_) => Err("the database does not respond\n"),
        };
        *last = Some((Instant::now(), finding));
        finding
    }
}

/// A database that was opened read-only only has to be read.
async fn try_database(database: &Database) -> Result<(), persistence::error::StoreError> {
    if database.is_read_only() {
        database.clusters().next_due().await.map(drop)
    } else {
        database.check_writable().await
    }
}

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: requests can be served. Not when the portal is stopping, or its database is away or takes no writes.
pub async fn ready(State(portal): State<Arc<Portal>>) -> impl IntoResponse {
    if portal.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match portal.readiness.find(&portal.database).await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(problem) => (StatusCode::SERVICE_UNAVAILABLE, problem),
    }
}
