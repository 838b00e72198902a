//! The feed of changes. On SQLite there is one process, which tells itself. On PostgreSQL every
//! replica listens to one channel of the database and hears its own changes there too.
//!
//! What was announced while the listener had no connection is lost. So once it listens again it
//! announces everything there is (each cluster, node and person, and that work is due): a receiver
//! either hears about what it cares for or lags and is told to look at everything.

use crate::{Cause, database::Database, rows::word};
use jiff::{SignedDuration, Timestamp};
use provisioning::ports::changes::{Change, Changes};
use sqlx::{AnyConnection, AnyPool, postgres::PgListener};
use std::time::Duration;
use tokio::{
    sync::broadcast,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

const CHANNEL: &str = "hangar_changes";
/// How many changes a receiver may be behind before it is told that it lags.
const BACKLOG: usize = 1024;
/// How often the listener asks its connection for a sign of life, and how long it waits for one: a
/// network that swallows packets closes nothing.
const HEARTBEAT: Duration = Duration::from_secs(15);
const PATIENCE: Duration = Duration::from_secs(10);
const FIRST_RETRY: Duration = Duration::from_millis(200);
const LAST_RETRY: Duration = Duration::from_secs(10);
/// Deletions this long before the last sign of life are announced again, for clocks that differ.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// Where changes are sent to those who subscribed.
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
    pub async fn listen(url: String, pool: AnyPool) -> Result<Self, sqlx::Error> {
        let sender = broadcast::Sender::new(BACKLOG);
        let listener = connect(&url).await?;
        let task = Listening {
            url,
            pool,
            sender: sender.clone(),
        };
        Ok(Self {
            sender,
            listening: Some(tokio::spawn(task.run(listener))),
        })
    }

    /// Tells those who subscribed; nobody need have.
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

impl Changes for Database {
    fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.feed().sender.subscribe()
    }
}

/// Announces `change` to every replica when the transaction commits.
pub(crate) async fn notify(connection: &mut AnyConnection, change: &Change) -> Result<(), Cause> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(serde_json::to_string(change)?)
        .execute(connection)
        .await?;
    Ok(())
}

async fn connect(url: &str) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    // Reconnecting is done here, where it is noticed.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

struct Listening {
    url: String,
    pool: AnyPool,
    sender: broadcast::Sender<Change>,
}

impl Listening {
    async fn run(self, mut listener: PgListener) {
        loop {
            let last_heard = self.forward(&mut listener).await;
            drop(listener);
            tracing::warn!("no longer hears the database's changes; connects again");
            listener = self.reconnect(last_heard).await;
            tracing::info!("hears the database's changes again");
        }
    }

    /// Passes on what is announced; returns when the connection is lost, with the time of its last
    /// sign of life.
    async fn forward(&self, listener: &mut PgListener) -> Timestamp {
        let mut last_heard = Timestamp::now();
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // Receiving may be given up at any time: a message is only taken when it is complete.
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
                        // A replica of another version said something new.
                        Err(error) => tracing::debug!(%error, "a change was not understood"),
                    }
                }
                Some(Ok(None)) => return last_heard,
                Some(Err(error)) => {
                    tracing::debug!(%error, "the connection for changes failed");
                    return last_heard;
                }
                None => {
                    match timeout(PATIENCE, sqlx::query("SELECT 1").execute(&mut *listener)).await {
                        Ok(Ok(_)) => {}
                        Ok(Err(_)) | Err(_) => return last_heard,
                    }
                }
            }
            last_heard = Timestamp::now();
        }
    }

    /// Listens again, however long that takes, and then announces what may have been missed.
    async fn reconnect(&self, last_heard: Timestamp) -> PgListener {
        let mut wait = FIRST_RETRY;
        loop {
            let began = Instant::now();
            let attempt = async {
                let listener = connect(&self.url).await?;
                self.announce_everything(last_heard).await?;
                Ok::<_, Cause>(listener)
            };
            match timeout(PATIENCE * 3, attempt).await {
                Ok(Ok(listener)) => return listener,
                Ok(Err(error)) => tracing::debug!(%error, "cannot listen yet"),
                Err(_) => tracing::debug!("cannot listen yet: no answer"),
            }
            sleep(wait.saturating_sub(began.elapsed())).await;
            wait = (wait * 2).min(LAST_RETRY);
        }
    }

    async fn announce_everything(&self, last_heard: Timestamp) -> Result<(), Cause> {
        let since = (last_heard - MARGIN).as_microsecond();
        let clusters = sqlx::query(
            "SELECT id, tenant_id FROM clusters WHERE state <> 'deleted' OR deleted_at >= $1",
        )
        .bind(since)
        .fetch_all(&self.pool)
        .await?;
        let nodes = sqlx::query(
            "SELECT id, tenant_id FROM nodes WHERE state <> 'deleted' OR deleted_at >= $1",
        )
        .bind(since)
        .fetch_all(&self.pool)
        .await?;
        let users = sqlx::query("SELECT id FROM users")
            .fetch_all(&self.pool)
            .await?;
        let _ = self.sender.send(Change::WorkDue);
        for row in &users {
            let user_id = word(row, "id")?;
            let _ = self.sender.send(Change::Access { user_id });
        }
        for row in &clusters {
            let (id, tenant_id) = (word(row, "id")?, word(row, "tenant_id")?);
            let _ = self.sender.send(Change::Cluster { id, tenant_id });
        }
        for row in &nodes {
            let (id, tenant_id) = (word(row, "id")?, word(row, "tenant_id")?);
            let _ = self.sender.send(Change::Node { id, tenant_id });
        }
        Ok(())
    }
}
