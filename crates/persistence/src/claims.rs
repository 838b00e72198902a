//! Work on a resource: who may do it, and until when.
//!
//! A claim is a lease with a fence. The fence counts up with every claim, so what a late worker
//! writes is refused however long it took. A wake counts up `wakes`: a worker that recorded what it
//! saw before the wake leaves the resource due at once.

use crate::{
    Cause,
    change::Change,
    database::Database,
    records::Claim,
    resource::{Resource, one, rows_of},
    rows::{self, id, number, time},
    sql::query,
    transaction::Writing,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// Due at once, whatever the clock of the replica that asks: before everything that was planned.
pub(crate) const AT_ONCE: Timestamp = Timestamp::UNIX_EPOCH;

pub(crate) async fn claim<R: Resource>(
    database: &Database,
    now: Timestamp,
    lease: SignedDuration,
    limit: u32,
) -> Result<Vec<Claim<R>>, Cause> {
    let mut writing = database.write().await?;
    // Materialized: the rows are chosen and locked once, however the update is planned.
    let claimed = query(AssertSqlSafe(format!(
        "WITH due AS MATERIALIZED (SELECT id FROM {table} WHERE due_at <= $1 \
         AND (leased_until IS NULL OR leased_until <= $1) ORDER BY due_at, id LIMIT $2{lock}) \
         UPDATE {table} SET fence = fence + 1, leased_until = $3 \
         WHERE id IN (SELECT id FROM due) RETURNING id, due_at",
        table = R::TABLE,
        lock = database.dialect().lock_free_rows()
    )))
    .bind(now)
    .bind(i64::from(limit))
    .bind(now + lease)
    .fetch_all(writing.connection())
    .await?;
    let mut ids: Vec<(Timestamp, Uuid)> = claimed
        .iter()
        .map(|row| Ok((time(row, "due_at")?, id(row, "id")?)))
        .collect::<Result<_, Cause>>()?;
    ids.sort_unstable();
    let ids = ids.into_iter().map(|(_, id)| id).collect();
    let rows = rows_of::<R>(writing.connection(), ids).await?;
    writing.commit().await?;

    let mut claims = Vec::with_capacity(rows.len());
    for row in &rows {
        match R::from_row(row) {
            Ok(record) => claims.push(Claim {
                record,
                fence: number(row, "fence")?,
                wakes: number(row, "wakes")?,
            }),
            // It must not keep the others from being worked on.
            Err(error) => {
                let id: Uuid = id(row, "id")?;
                tracing::error!(%id, %error, "a {} cannot be worked on", R::NOUN);
            }
        }
    }
    Ok(claims)
}

pub(crate) async fn extend<R: Resource>(
    database: &Database,
    claim: &Claim<R>,
    until: Timestamp,
) -> Result<bool, Cause> {
    let mut writing = database.write().await?;
    let extended = query(AssertSqlSafe(format!(
        "UPDATE {} SET leased_until = $3 \
         WHERE id = $1 AND fence = $2 AND leased_until IS NOT NULL",
        R::TABLE
    )))
    .bind(claim.record.id())
    .bind(claim.fence)
    .bind(until)
    .execute(writing.connection())
    .await?;
    writing.commit().await?;
    Ok(extended == 1)
}

/// A claim that is found to hold; it goes on holding until the transaction ends.
pub(crate) struct HeldClaim<R> {
    /// The resource as it is now.
    pub now: R,
    /// Whether it was woken since it was claimed.
    pub woken: bool,
}

/// Looks whether a claim holds. `None`: it is lost.
pub(crate) async fn held<R: Resource>(
    database: &Database,
    writing: &mut Writing<'_>,
    claim: &Claim<R>,
) -> Result<Option<HeldClaim<R>>, Cause> {
    let held = query(AssertSqlSafe(format!(
        "SELECT wakes FROM {} \
         WHERE id = $1 AND fence = $2 AND leased_until IS NOT NULL{lock}",
        R::TABLE,
        lock = database.dialect().lock_rows()
    )))
    .bind(claim.record.id())
    .bind(claim.fence)
    .fetch_optional(writing.connection())
    .await?;
    let Some(held) = held else {
        return Ok(None);
    };
    let now = one(writing.connection(), claim.record.id())
        .await?
        .ok_or("what was claimed is not there")?;
    Ok(Some(HeldClaim {
        now,
        woken: number(&held, "wakes")? != claim.wakes,
    }))
}

/// When work is due once a claim has ended: at `planned`, or `at_once`, which is announced.
pub(crate) fn due_at(
    writing: &mut Writing<'_>,
    planned: Option<Timestamp>,
    at_once: bool,
) -> Option<Timestamp> {
    if at_once {
        writing.announce(Change::WorkDue);
        Some(AT_ONCE)
    } else {
        planned
    }
}

/// What is gone is left alone: there is no work on it.
pub(crate) async fn wake<R: Resource>(
    database: &Database,
    id: impl Into<Uuid>,
) -> Result<(), Cause> {
    let mut writing = database.write().await?;
    let woken = query(AssertSqlSafe(format!(
        "UPDATE {} SET wakes = wakes + 1, due_at = $2 WHERE id = $1 AND {}",
        R::TABLE,
        R::ALIVE
    )))
    .bind(id.into())
    .bind(AT_ONCE)
    .execute(writing.connection())
    .await?;
    if woken > 0 {
        writing.announce(Change::WorkDue);
    }
    writing.commit().await
}

pub(crate) async fn next_due<R: Resource>(database: &Database) -> Result<Option<Timestamp>, Cause> {
    let row = query(AssertSqlSafe(format!(
        "SELECT MIN(CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END) AS due_at \
         FROM {} WHERE due_at IS NOT NULL",
        R::TABLE
    )))
    .fetch_one(database.readers())
    .await?;
    rows::optional_time(&row, "due_at")
}
