//! Work on clusters: who may do it, until when, and what came of it.
//!
//! A claim is a lease with a fence. The fence counts up with every claim, so what a late worker
//! writes is refused however long it took. A wake counts up `wakes`: a worker that recorded what it
//! saw before the wake leaves the cluster due at once.

use crate::{
    Cause, audit, clusters,
    database::Database,
    orders::write_operation,
    rows::{self, as_stored, number, operation_as_stored},
};
use domain::{cluster::ClusterState, ids::ClusterId};
use jiff::{SignedDuration, Timestamp};
use provisioning::{
    ports::changes::Change,
    records::{Claim, ClusterRecord, Progress},
};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// Due at once, whatever the clock of the replica that asks: before everything that was planned.
pub(crate) const AT_ONCE: i64 = 0;

pub(crate) async fn claim(
    database: &Database,
    now: Timestamp,
    lease: SignedDuration,
    limit: u32,
) -> Result<Vec<Claim<ClusterRecord>>, Cause> {
    let mut writing = database.write().await?;
    // Materialized: the rows are chosen and locked once, however the update is planned.
    let claimed = sqlx::query(AssertSqlSafe(format!(
        "WITH due AS MATERIALIZED (SELECT id FROM clusters WHERE due_at <= $1 \
         AND (leased_until IS NULL OR leased_until <= $1) ORDER BY due_at, id LIMIT $2{lock}) \
         UPDATE clusters SET fence = fence + 1, leased_until = $3 \
         WHERE id IN (SELECT id FROM due) RETURNING id, due_at",
        lock = database.dialect().lock_free_rows()
    )))
    .bind(now.as_microsecond())
    .bind(i64::from(limit))
    .bind((now + lease).as_microsecond())
    .fetch_all(writing.connection())
    .await?;
    let mut ids: Vec<(i64, String)> = claimed
        .iter()
        .map(|row| Ok((number(row, "due_at")?, row.try_get("id")?)))
        .collect::<Result<_, Cause>>()?;
    ids.sort_unstable();
    let ids = ids.into_iter().map(|(_, id)| id).collect();
    let rows = clusters::rows_of(writing.connection(), ids).await?;
    writing.commit().await?;

    let mut claims = Vec::with_capacity(rows.len());
    for row in &rows {
        match rows::cluster(row) {
            Ok(cluster) => claims.push(Claim {
                record: cluster,
                fence: number(row, "fence")?,
                wakes: number(row, "wakes")?,
            }),
            // It must not keep the others from being worked on.
            Err(error) => {
                let id: String = row.try_get("id")?;
                tracing::error!(cluster = %id, %error, "a cluster cannot be worked on");
            }
        }
    }
    Ok(claims)
}

pub(crate) async fn extend(
    database: &Database,
    claim: &Claim<ClusterRecord>,
    until: Timestamp,
) -> Result<bool, Cause> {
    let mut writing = database.write().await?;
    let extended = sqlx::query(
        "UPDATE clusters SET leased_until = $3 \
         WHERE id = $1 AND fence = $2 AND leased_until IS NOT NULL",
    )
    .bind(claim.record.id.to_string())
    .bind(claim.fence)
    .bind(until.as_microsecond())
    .execute(writing.connection())
    .await?;
    writing.commit().await?;
    Ok(extended.rows_affected() == 1)
}

pub(crate) async fn record(
    database: &Database,
    claim: &Claim<ClusterRecord>,
    progress: Progress,
) -> Result<bool, Cause> {
    let id = claim.record.id;
    let mut writing = database.write().await?;
    let held = sqlx::query(AssertSqlSafe(format!(
        "SELECT wakes FROM clusters \
         WHERE id = $1 AND fence = $2 AND leased_until IS NOT NULL{lock}",
        lock = database.dialect().lock_rows()
    )))
    .bind(id.to_string())
    .bind(claim.fence)
    .fetch_optional(writing.connection())
    .await?;
    let Some(held) = held else {
        return Ok(false);
    };
    let woken = number(&held, "wakes")? != claim.wakes;
    let before = clusters::one(writing.connection(), id)
        .await?
        .ok_or("the claimed cluster is not there")?;
    let turned =
        before.state == ClusterState::Deleting && claim.record.state != ClusterState::Deleting;
    let (planned, audit) = (progress.due_at, progress.audit.clone());
    let mut after = advanced(&before, progress, turned);
    // A deletion wakes too. What is gone has no work left, whoever woke it.
    let at_once = woken && after.state != ClusterState::Deleted;
    let due_at = if at_once {
        Some(AT_ONCE)
    } else {
        planned.map(Timestamp::as_microsecond)
    };
    let visible = after != before;
    after.version += i64::from(visible);
    if after.operation != before.operation {
        write_operation(writing.connection(), id, &after.operation).await?;
    }
    write(writing.connection(), &after, due_at).await?;
    if let Some(audit) = &audit {
        audit::append(writing.connection(), audit).await?;
    }
    if visible {
        writing.announce(Change::Cluster {
            id,
            tenant_id: after.tenant.id,
        });
    }
    if at_once {
        writing.announce(Change::WorkDue);
    }
    writing.commit().await?;
    Ok(true)
}

/// The cluster after `progress`. One that was `turned` to `Deleting` meanwhile keeps its state and
/// operation; what was found out about it (its address, that it became usable) still holds.
fn advanced(before: &ClusterRecord, progress: Progress, turned: bool) -> ClusterRecord {
    let mut after = before.clone();
    after.endpoint = progress.endpoint;
    after.ready_at = progress.ready_at.map(as_stored);
    if !turned {
        after.state = progress.state;
        after.failure = progress.failure;
        after.deleted_at = progress.deleted_at.map(as_stored);
        after.operation = operation_as_stored(progress.operation);
    }
    after
}

/// Writes what changes in a cluster and ends the claim.
async fn write(
    connection: &mut AnyConnection,
    cluster: &ClusterRecord,
    due_at: Option<i64>,
) -> Result<(), Cause> {
    let failure = cluster
        .failure
        .as_ref()
        .map(serde_json::to_string)
        .transpose()?;
    sqlx::query(
        "UPDATE clusters SET state = $2, failure = $3, endpoint = $4, ready_at = $5, \
         deleted_at = $6, operation_id = $7, version = $8, due_at = $9, leased_until = NULL \
         WHERE id = $1",
    )
    .bind(cluster.id.to_string())
    .bind(cluster.state.as_str())
    .bind(failure)
    .bind(cluster.endpoint.clone())
    .bind(cluster.ready_at.map(Timestamp::as_microsecond))
    .bind(cluster.deleted_at.map(Timestamp::as_microsecond))
    .bind(cluster.operation.id.to_string())
    .bind(cluster.version)
    .bind(due_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// A deleted cluster is left alone: there is no work on it.
pub(crate) async fn wake(database: &Database, id: ClusterId) -> Result<(), Cause> {
    let mut writing = database.write().await?;
    let woken = sqlx::query(
        "UPDATE clusters SET wakes = wakes + 1, due_at = $2 WHERE id = $1 AND state <> 'deleted'",
    )
    .bind(id.to_string())
    .bind(AT_ONCE)
    .execute(writing.connection())
    .await?;
    if woken.rows_affected() > 0 {
        writing.announce(Change::WorkDue);
    }
    writing.commit().await
}

pub(crate) async fn next_due(database: &Database) -> Result<Option<Timestamp>, Cause> {
    let row = sqlx::query(
        "SELECT MIN(CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END) AS due_at \
         FROM clusters WHERE due_at IS NOT NULL",
    )
    .fetch_one(database.readers())
    .await?;
    rows::optional_time(&row, "due_at")
}
