//! Browsers' sessions, for `tower-sessions`.
//!
//! A row is found by a digest of the session's id, so that a reader of the table cannot use a session.
//! The user is in a column of its own, so that all sessions of a user can be ended.

use crate::{
    Cause,
    change::Change,
    connection::Transaction,
    database::Database,
    digest::sha256,
    error::{Stored, UNAVAILABLE, is_unavailable},
    rows,
    sql::{json_value, query},
    transaction::doing,
};
use async_trait::async_trait;
use domain::{error::causes, ids::UserId, users::SignedInUser};
use jiff::Timestamp;
use serde_json::Value;
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

/// The key of the signed-in user's id in a session's data.
const USER_ID: &str = "user_id";
/// How often expired sessions are removed, at most.
const CLEANING: Duration = Duration::from_secs(600);
/// Ids are random, so already the second attempt should never be needed.
const ATTEMPTS: usize = 4;

/// Browser sessions. Cloning is cheap and shares them.
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

    /// Whether to remove expired sessions now; `true` for one caller only.
    fn cleaning_due(&self) -> bool {
        let mut cleaned = self.cleaned.lock().unwrap_or_else(PoisonError::into_inner);
        let due = cleaned.is_none_or(|last| last.elapsed() >= CLEANING);
        if due {
            *cleaned = Some(Instant::now());
        }
        due
    }

    /// Takes the answer of an identity provider that carries this random `state`. `false`: it was taken before, here or
    /// by another replica.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_sign_in(&self, state: &str, expires_at: Timestamp) -> Stored<bool> {
        doing("take a sign-in", async {
            let mut writing = self.database.write().await?;
            query("DELETE FROM used_sign_ins WHERE expires_at <= $1")
                .bind(Timestamp::now())
                .execute(writing.connection())
                .await?;
            let taken = query(
                "INSERT INTO used_sign_ins (digest, expires_at) VALUES ($1, $2) \
                 ON CONFLICT (digest) DO NOTHING",
            )
            .bind(sha256(state))
            .bind(expires_at)
            .execute(writing.connection())
            .await?;
            writing.commit().await?;
            Ok(taken == 1)
        })
        .await
    }

    /// At most 500 users with sessions, those seen last first.
    pub async fn signed_in_users(&self, now: Timestamp) -> Stored<Vec<SignedInUser>> {
        doing("list signed-in users", async {
            let users = query(
                "SELECT u.id, u.name, u.email, u.last_seen_at, s.sessions, s.expires_at FROM users u \
                 JOIN (SELECT user_id, COUNT(*) AS sessions, MAX(expires_at) AS expires_at \
                 FROM sessions WHERE expires_at > $1 GROUP BY user_id) s ON s.user_id = u.id \
                 ORDER BY u.last_seen_at DESC, u.id LIMIT 500",
            )
            .bind(now)
            .fetch_all(self.database.readers())
            .await?;
            let user = |row: rows::Row| -> std::result::Result<SignedInUser, Cause> {
                Ok(SignedInUser {
                    id: rows::id(&row, "id")?,
                    name: rows::text(&row, "name")?,
                    email: rows::text(&row, "email")?,
                    sessions: u32::try_from(rows::number(&row, "sessions")?)?,
                    expires_at: rows::time(&row, "expires_at")?,
                    last_seen_at: rows::optional_time(&row, "last_seen_at")?,
                })
            };
            users.into_iter().map(user).collect()
        })
        .await
    }

    /// `false`: the id is in use.
    async fn insert(&self, record: &Record) -> std::result::Result<bool, Cause> {
        let mut writing = self.database.write().await?;
        if self.cleaning_due() {
            query("DELETE FROM sessions WHERE expires_at <= $1")
                .bind(timestamp(OffsetDateTime::now_utc()))
                .execute(writing.connection())
                .await?;
        }
        let inserted = query(
            "INSERT INTO sessions (digest, user_id, data, expires_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (digest) DO NOTHING",
        )
        .bind(digest(&record.id))
        .bind(user_of(record))
        .bind(json_value(&record.data)?)
        .bind(timestamp(record.expiry_date))
        .execute(writing.connection())
        .await?;
        writing.commit().await?;
        Ok(inserted == 1)
    }

    async fn update(&self, record: &Record) -> std::result::Result<(), Cause> {
        let mut writing = self.database.write().await?;
        query("UPDATE sessions SET user_id = $2, data = $3, expires_at = $4 WHERE digest = $1")
            .bind(digest(&record.id))
            .bind(user_of(record))
            .bind(json_value(&record.data)?)
            .bind(timestamp(record.expiry_date))
            .execute(writing.connection())
            .await?;
        writing.commit().await
    }

    async fn find(&self, id: &Id) -> std::result::Result<Option<Record>, Cause> {
        let row =
            query("SELECT data, expires_at FROM sessions WHERE digest = $1 AND expires_at > $2")
                .bind(digest(id))
                .bind(timestamp(OffsetDateTime::now_utc()))
                .fetch_optional(self.database.readers())
                .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let expires_at = rows::time(&row, "expires_at")?;
        Ok(Some(Record {
            id: *id,
            data: rows::json(&row, "data")?,
            expiry_date: OffsetDateTime::from_unix_timestamp_nanos(expires_at.as_nanosecond())?,
        }))
    }

    async fn remove(&self, id: &Id) -> std::result::Result<(), Cause> {
        let mut writing = self.database.write().await?;
        let removed = query("DELETE FROM sessions WHERE digest = $1 RETURNING user_id")
            .bind(digest(id))
            .fetch_optional(writing.connection())
            .await?;
        if let Some(row) = removed
            && let Some(user_id) = rows::optional_id(&row, "user_id")?
        {
            writing.announce(Change::Access { user_id });
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

    /// Writes an existing session. A session that was ended meanwhile stays ended.
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

pub(crate) async fn end_all(
    connection: &mut Transaction,
    user: UserId,
) -> std::result::Result<(), Cause> {
    query("DELETE FROM sessions WHERE user_id = $1")
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

fn failed(doing: &'static str) -> impl Fn(Cause) -> Error {
    move |cause| {
        let why = match is_unavailable(&*cause) {
            true => UNAVAILABLE,
            false => "the database failed",
        };
        Error::Backend(format!(
            "{why}: cannot {doing} a session: {}",
            causes(&*cause)
        ))
    }
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

/// Years that do not fit are beyond those that can be represented.
fn timestamp(time: OffsetDateTime) -> Timestamp {
    Timestamp::from_nanosecond(time.unix_timestamp_nanos()).unwrap_or(Timestamp::MAX)
}
