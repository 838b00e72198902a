//! The feed of changes. On SQLite it stays in the process. On PostgreSQL every replica listens to one
//! channel of the database, where it receives its own changes too.
//!
//! Changes that are announced while the listener has no connection are lost, so after it reconnects it
//! announces [`Change::Everything`].

use crate::{Cause, change::Change, connection::Transaction, database::Database, sql::query};
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::{
    sync::broadcast,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

const CHANNEL: &str = "hangar_changes";
/// A receiver that is more changes behind gets `Lagged`.
const BACKLOG: usize = 1024;
/// How often the listener checks its connection: a network that drops packets does not close it.
const HEARTBEAT: Duration = Duration::from_secs(15);
const PATIENCE: Duration = Duration::from_secs(10);
const FIRST_RETRY: Duration = Duration::from_millis(200);
const LAST_RETRY: Duration = Duration::from_secs(10);

pub(crate) struct Feed {
    sender: broadcast::Sender<Change>,
    listening: Option<JoinHandle<()>>,
}

impl Feed {
    /// A feed within this process.
    pub fn local() -> Self {
        Self {
            sender: broadcast::Sender::new(BACKLOG),
            listening: None,
        }
    }

    /// A feed of everything announced in the PostgreSQL database at `url`.
    pub async fn listen(url: String) -> Result<Self, sqlx::Error> {
        let sender = broadcast::Sender::new(BACKLOG);
        let listener = connect(&url).await?;
        let task = Listening {
            url,
            sender: sender.clone(),
        };
        Ok(Self {
            sender,
            listening: Some(tokio::spawn(task.run(listener))),
        })
    }

    /// Does nothing without subscribers.
    pub fn send(&self, change: Change) {
        let _ = self.sender.send(change);
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        if let Some(task) = &self.listening {
            task.abort();
        }
    }
}

impl Database {
    /// Receives the changes committed from now on, also those of other replicas. A receiver that lags has to read
    /// everything again.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.feed().sender.subscribe()
    }
}

/// Announces `change` to every replica when the transaction commits.
pub(crate) async fn notify(connection: &mut Transaction, change: &Change) -> Result<(), Cause> {
    query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(serde_json::to_string(change)?)
        .execute(connection)
        .await?;
    Ok(())
}

async fn connect(url: &str) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    // Reconnecting is done here, where it is announced.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

struct Listening {
    url: String,
    sender: broadcast::Sender<Change>,
}

impl Listening {
    async fn run(self, mut listener: PgListener) {
        loop {
            self.forward(&mut listener).await;
            drop(listener);
            tracing::warn!("lost the connection for changes; reconnecting");
            listener = self.reconnect().await;
            tracing::info!("receives changes again");
        }
    }

    /// Forwards changes; returns when the connection is lost.
    async fn forward(&self, listener: &mut PgListener) {
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // `try_recv` is cancel safe: a message is only taken when it is complete.
            let received = tokio::select! {
                received = listener.try_recv() => Some(received),
                _ = heartbeat.tick() => None,
            };
            match received {
                Some(Ok(Some(notification))) => {
                    match serde_json::from_str(notification.payload()) {
                        Ok(change) => {
                            let _ = self.sender.send(change);
                        }
                        // A replica of another version announces a change of a new kind.
                        Err(error) => tracing::debug!(%error, "a change was not understood"),
                    }
                }
                Some(Ok(None)) => return,
                Some(Err(error)) => {
                    tracing::debug!(%error, "the connection for changes failed");
                    return;
                }
                None => {
                    match timeout(PATIENCE, sqlx::query("SELECT 1").execute(&mut *listener)).await {
                        Ok(Ok(_)) => {}
                        Ok(Err(_)) | Err(_) => return,
                    }
                }
            }
        }
    }

    /// Retries until it listens again, then announces that changes may have been missed.
    async fn reconnect(&self) -> PgListener {
        let mut wait = FIRST_RETRY;
        loop {
            let began = Instant::now();
            match timeout(PATIENCE, connect(&self.url)).await {
                Ok(Ok(listener)) => {
                    let _ = self.sender.send(Change::Everything);
                    return listener;
                }
                Ok(Err(error)) => tracing::debug!(%error, "cannot listen yet"),
                Err(_) => tracing::debug!("cannot listen yet: no answer"),
            }
            sleep(wait.saturating_sub(began.elapsed())).await;
            wait = (wait * 2).min(LAST_RETRY);
        }
    }
}
