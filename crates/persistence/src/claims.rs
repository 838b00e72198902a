//! Work on a resource: who may do it, and until when.
//!
//! A claim is a lease with a fence. The fence counts up with every claim, so what a late worker
//! writes is refused however long it took. A wake counts up `wakes`: a worker that recorded what it
//! saw before the wake leaves the resource due at once.

use crate::{
    Cause,
    change::Change,
    database::Database,
    error::Stored,
    handles::Table,
    records::Claim,
    resource::{one, rows_of},
    rows::{self, Row, id, number, time},
    sql::query,
    transaction::{Writing, doing},
};
use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// Due at once, whatever the clock of the replica that asks: before everything that was planned.
pub(crate) const AT_ONCE: Timestamp = Timestamp::UNIX_EPOCH;

/// Something that reconcilers work on: a table with an id, columns for the work on it, and a statement that reads it
/// with the names of what it refers to. In every statement `r` is its own row.
pub trait Leased: Sized + Send + Sync + 'static {
    const TABLE: &'static str;
    /// What one is called in the log.
    const NOUN: &'static str;
    /// What holds of the rows on which there can be work.
    const ALIVE: &'static str;

    type Id: Into<Uuid> + Send;

    /// `SELECT … FROM …`, for [`from_row`](Self::from_row); with `fence` and `wakes`.
    fn select() -> String;

    fn from_row(row: &Row) -> Result<Self, Cause>;

    fn id(&self) -> Self::Id;
}

impl<R: Leased> Table<'_, R> {
    /// Claims up to `limit` rows whose work is due and that no worker holds, until `now + lease`.
    pub async fn claim(
        self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<R>>> {
        doing("claim work", async {
            let mut writing = self.0.write().await?;
            // Materialized: the rows are chosen and locked once, however the update is planned.
            let claimed = query(AssertSqlSafe(format!(
                "WITH due AS MATERIALIZED (SELECT id FROM {table} WHERE due_at <= $1 \
                 AND (leased_until IS NULL OR leased_until <= $1) \
                 ORDER BY due_at, id LIMIT $2{lock}) \
                 UPDATE {table} SET fence = fence + 1, leased_until = $3 \
                 WHERE id IN (SELECT id FROM due) RETURNING id, due_at",
                table = R::TABLE,
                lock = self.0.dialect().lock_free_rows()
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
            rows.iter()
                .filter_map(|row| readable(row).transpose())
                .collect()
        })
        .await
    }

    /// Holds a claim longer. `false`: it is lost.
    pub async fn extend(self, claim: &Claim<R>, until: Timestamp) -> Stored<bool> {
        doing("extend a claim", async {
            let mut writing = self.0.write().await?;
            let extended = query(AssertSqlSafe(format!(
                "UPDATE {} SET leased_until = $3 \
                 WHERE id = $1 AND fence = $2 AND leased_until IS NOT NULL",
                R::TABLE
            )))
            .bind::<Uuid>(claim.record.id().into())
            .bind(claim.fence)
            .bind(until)
            .execute(writing.connection())
            .await?;
            writing.commit().await?;
            Ok(extended == 1)
        })
        .await
    }

    /// Makes the work on a row due at once and announces that work is due. What is gone is left alone: there is no
    /// work on it.
    pub async fn wake(self, id: R::Id) -> Stored<()> {
        self.wake_all([id]).await
    }

    /// The same for several at once, in ascending order: replicas that wake the same would block each other otherwise.
    pub async fn wake_all(self, ids: impl IntoIterator<Item = R::Id>) -> Stored<()> {
        doing("wake a reconciler", async {
            let mut writing = self.0.write().await?;
            let wake = format!(
                "UPDATE {} SET wakes = wakes + 1, due_at = $2 WHERE id = $1 AND {}",
                R::TABLE,
                R::ALIVE
            );
            let mut woken = 0;
            for id in ids {
                woken += query(AssertSqlSafe(wake.clone()))
                    .bind::<Uuid>(id.into())
                    .bind(AT_ONCE)
                    .execute(writing.connection())
                    .await?;
            }
            if woken > 0 {
                writing.announce(Change::WorkDue);
            }
            writing.commit().await
        })
        .await
    }

    /// When the next work is due (leases included), if any.
    pub async fn next_due(self) -> Stored<Option<Timestamp>> {
        doing("look when work is due", async {
            let row = query(AssertSqlSafe(format!(
                "SELECT MIN(CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END) \
                 AS due_at FROM {} WHERE due_at IS NOT NULL",
                R::TABLE
            )))
            .fetch_one(self.0.readers())
            .await?;
            rows::optional_time(&row, "due_at")
        })
        .await
    }
}

/// A claimed row. One that cannot be read is logged and left out, so that it does not keep the others from being
/// worked on.
fn readable<R: Leased>(row: &Row) -> Result<Option<Claim<R>>, Cause> {
    match R::from_row(row) {
        Ok(record) => Ok(Some(Claim {
            record,
            fence: number(row, "fence")?,
            wakes: number(row, "wakes")?,
        })),
        Err(error) => {
            let id: Uuid = id(row, "id")?;
            tracing::error!(%id, %error, "a {} cannot be worked on", R::NOUN);
            Ok(None)
        }
    }
}

/// A claim that is found to hold; it goes on holding until the transaction ends.
pub(crate) struct HeldClaim<R> {
    /// The resource as it is now.
    pub now: R,
    /// Whether it was woken since it was claimed.
    pub woken: bool,
}

/// Looks whether a claim holds. `None`: it is lost.
pub(crate) async fn held<R: Leased>(
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
    .bind::<Uuid>(claim.record.id().into())
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
