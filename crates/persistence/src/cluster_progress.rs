//! What came of the work on a cluster.

use crate::{
    Cause, audit,
    change::Change,
    claims,
    connection::Transaction,
    database::Database,
    operations::{OF_CLUSTERS, operation_as_stored},
    records::{Claim, ClusterRecord, Progress},
    rows::as_stored,
    sql::{optional_json_value, query},
};
use domain::cluster::ClusterState;
use jiff::Timestamp;

pub(crate) async fn record(
    database: &Database,
    claim: &Claim<ClusterRecord>,
    progress: Progress,
) -> Result<bool, Cause> {
    let id = claim.record.id;
    let mut writing = database.write().await?;
    let Some(held) = claims::held(database, &mut writing, claim).await? else {
        return Ok(false);
    };
    let before = held.now;
    let turned =
        before.state == ClusterState::Deleting && claim.record.state != ClusterState::Deleting;
    let (planned, audit) = (progress.due_at, progress.audit.clone());
    let mut after = advanced(&before, progress, turned);
    let visible = after != before;
    after.version += i64::from(visible);
    if after.operation != before.operation {
        OF_CLUSTERS
            .write(writing.connection(), id, &after.operation)
            .await?;
    }
    // A deletion wakes too. What is gone has no work left, whoever woke it.
    let at_once = held.woken && after.state != ClusterState::Deleted;
    let due_at = claims::due_at(&mut writing, planned, at_once);
    write(writing.connection(), &after, due_at).await?;
    if visible {
        writing.announce(Change::Cluster {
            id,
            tenant_id: after.tenant.id,
        });
    }
    if let Some(audit) = &audit {
        audit::append(writing.connection(), audit).await?;
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
    connection: &mut Transaction,
    cluster: &ClusterRecord,
    due_at: Option<Timestamp>,
) -> Result<(), Cause> {
    query(
        "UPDATE clusters SET state = $2, failure = $3, endpoint = $4, ready_at = $5, \
         deleted_at = $6, operation_id = $7, version = $8, due_at = $9, leased_until = NULL \
         WHERE id = $1",
    )
    .bind(cluster.id)
    .bind(cluster.state.as_str())
    .bind(optional_json_value(cluster.failure.as_ref())?)
    .bind(cluster.endpoint.clone())
    .bind(cluster.ready_at)
    .bind(cluster.deleted_at)
    .bind(cluster.operation.id)
    .bind(cluster.version)
    .bind(due_at)
    .execute(connection)
    .await?;
    Ok(())
}
