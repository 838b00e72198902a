//! Browsers' sessions, for `tower-sessions`.
//!
//! A row is found by a digest of the session's id, so that who reads the table cannot take a session
//! over. Whose session it is stands in a column of its own, so that all of somebody's can be ended.

use crate::{Cause, database::Database, digest::sha256, rows};
use async_trait::async_trait;
use domain::ids::UserId;
use provisioning::{error::causes, ports::changes::Change};
use serde_json::Value;
use sqlx::{AnyConnection, Row};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// The key under which a session's data holds the id of who is signed in.
const USER_ID: &str = "user_id";
/// How often sessions whose time is over are removed, at most.
const CLEANING: Duration = Duration::from_secs(600);
/// Ids are random, so already the second attempt should never be needed.
const ATTEMPTS: usize = 4;

/// The sessions of browsers. Cloning it is cheap and leads to the same sessions.
#[derive(Clone)]
pub struct Sessions {
    database: Database,
    cleaned: Arc<Mutex<Option<Instant>>>,
}

impl Sessions {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            cleaned: Arc::default(),
        }
    }

    /// Whether it is time to remove what has expired; says so to one caller only.
    fn cleaning_due(&self) -> bool {
        let mut cleaned = self.cleaned.lock().unwrap_or_else(PoisonError::into_inner);
        let due = cleaned.is_none_or(|last| last.elapsed() >= CLEANING);
        if due {
            *cleaned = Some(Instant::now());
        }
        due
    }

    /// `false`: there is a session with this id.
    async fn insert(&self, record: &Record) -> std::result::Result<bool, Cause> {
        let mut writing = self.database.write().await?;
        if self.cleaning_due() {
            sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
                .bind(microseconds(OffsetDateTime::now_utc()))
                .execute(writing.connection())
                .await?;
        }
        let inserted = sqlx::query(
            "INSERT INTO sessions (digest, user_id, data, expires_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (digest) DO NOTHING",
        )
        .bind(digest(&record.id))
        .bind(user_of(record).map(|id| id.to_string()))
        .bind(serde_json::to_string(&record.data)?)
        .bind(microseconds(record.expiry_date))
        .execute(writing.connection())
        .await?;
        writing.commit().await?;
        Ok(inserted.rows_affected() == 1)
    }

    async fn update(&self, record: &Record) -> std::result::Result<(), Cause> {
        let mut writing = self.database.write().await?;
        sqlx::query(
            "UPDATE sessions SET user_id = $2, data = $3, expires_at = $4 WHERE digest = $1",
        )
        .bind(digest(&record.id))
        .bind(user_of(record).map(|id| id.to_string()))
        .bind(serde_json::to_string(&record.data)?)
        .bind(microseconds(record.expiry_date))
        .execute(writing.connection())
        .await?;
        writing.commit().await
    }

    async fn find(&self, id: &Id) -> std::result::Result<Option<Record>, Cause> {
        let row = sqlx::query(
            "SELECT data, expires_at FROM sessions WHERE digest = $1 AND expires_at > $2",
        )
        .bind(digest(id))
        .bind(microseconds(OffsetDateTime::now_utc()))
        .fetch_optional(self.database.readers())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let nanoseconds = i128::from(rows::number(&row, "expires_at")?) * 1000;
        Ok(Some(Record {
            id: *id,
            data: rows::json(&row, "data")?,
            expiry_date: OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)?,
        }))
    }

    async fn remove(&self, id: &Id) -> std::result::Result<(), Cause> {
        let mut writing = self.database.write().await?;
        let removed = sqlx::query("DELETE FROM sessions WHERE digest = $1 RETURNING user_id")
            .bind(digest(id))
            .fetch_optional(writing.connection())
            .await?;
        if let Some(row) = removed
            && row.try_get::<Option<String>, _>("user_id")?.is_some()
        {
            writing.announce(Change::Access {
                user_id: rows::word(&row, "user_id")?,
            });
        }
        writing.commit().await
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let inserted = self.insert(record).await.map_err(failed("create"))?;
            if inserted {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no session id is free".into()))
    }

    /// Writes a session that exists. One that was ended meanwhile stays ended: a request that was
    /// under way must not bring it back.
    async fn save(&self, record: &Record) -> Result<()> {
        self.update(record).await.map_err(failed("save"))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        self.find(id).await.map_err(failed("load"))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.remove(id).await.map_err(failed("delete"))
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

/// Ends every session of somebody.
pub(crate) async fn end_all(
    connection: &mut AnyConnection,
    user: UserId,
) -> std::result::Result<(), Cause> {
    sqlx::query("DELETE FROM sessions WHERE user_id = $1")
        .bind(user.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

fn failed(doing: &'static str) -> impl Fn(Cause) -> Error {
    move |cause| Error::Backend(format!("cannot {doing} a session: {}", causes(&*cause)))
}

fn digest(id: &Id) -> String {
    sha256(id.0.to_le_bytes())
}

fn user_of(record: &Record) -> Option<UserId> {
    record
        .data
        .get(USER_ID)
        .and_then(Value::as_str)?
        .parse()
        .ok()
}

fn microseconds(time: OffsetDateTime) -> i64 {
    // Years in which this does not fit are beyond those that can be represented.
    i64::try_from(time.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}
