//! Logs the heads of the audit log. Logs are usually kept outside the database, so a copy of the database from an
//! earlier day can be told from the current one.

use persistence::Database;
use std::time::Duration;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

const DAY: Duration = Duration::from_hours(24);

/// At the start and then daily, until `stop`.
pub async fn log_daily(database: Database, stop: CancellationToken) {
    let mut days = interval(DAY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = days.tick() => log(&database).await,
        }
    }
}

async fn log(database: &Database) {
    match database.audit().heads().await {
        Ok(heads) => {
            for head in heads {
                tracing::info!(
                    chain = %head.chain,
                    entries = head.entries,
                    head = %head.hash,
                    "head of the audit log"
                );
            }
        }
        Err(error) => tracing::warn!(%error, "cannot read the heads of the audit log"),
    }
}
