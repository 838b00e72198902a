//! What came of the work on a node.

use crate::{
    Cause, audit,
    change::Change,
    claims,
    connection::Transaction,
    database::Database,
    node_records::{NodeProgress, NodeRecord},
    node_usage,
    operations::{OF_NODES, operation_as_stored},
    records::Claim,
    rows::as_stored,
    sql::{optional_json_value, query},
};
use domain::{ids::OperationId, node::view::NodeState, operation::Operation};
use jiff::Timestamp;

pub(crate) async fn record(
    database: &Database,
    claim: &Claim<NodeRecord>,
    progress: NodeProgress,
) -> Result<bool, Cause> {
    let mut writing = database.write().await?;
    let Some(held) = claims::held(database, &mut writing, claim).await? else {
        return Ok(false);
    };
    let before = held.now;
    let turned = was_turned(&before, claim, progress.operation.id);
    let (planned, audit) = (progress.due_at, progress.audit.clone());
    let (charged, at) = (progress.charged, progress.at);
    let mut after = advanced(&before, progress, turned);
    (after.spent, after.charged_since) = node_usage::charge(
        writing.connection(),
        &before,
        after.price_per_hour,
        charged,
        at,
    )
    .await?;
    if after.operation != before.operation {
        OF_NODES
            .write(writing.connection(), after.id, &after.operation)
            .await?;
    }
    if is_visible(&before, &after) {
        after.version += 1;
        writing.announce(change(&after));
    }
    // What a person asks wakes too. What is gone has no work left, whoever woke it.
    let at_once = (held.woken || turned) && after.state != NodeState::Deleted;
    let due_at = claims::due_at(&mut writing, planned, at_once);
    write(writing.connection(), &after, due_at).await?;
    if let Some(audit) = &audit {
        audit::append(writing.connection(), audit).await?;
    }
    writing.commit().await?;
    Ok(true)
}

pub(crate) async fn note_request(
    database: &Database,
    claim: &Claim<NodeRecord>,
    request: &str,
    operation: &Operation,
) -> Result<bool, Cause> {
    let mut writing = database.write().await?;
    let Some(held) = claims::held(database, &mut writing, claim).await? else {
        return Ok(false);
    };
    let before = held.now;
    if was_turned(&before, claim, operation.id) {
        return Ok(false);
    }
    let mut after = before.clone();
    after.request = Some(request.to_owned());
    after.operation = operation_as_stored(operation.clone());
    if is_visible(&before, &after) {
        after.version += 1;
        writing.announce(change(&after));
    }
    OF_NODES
        .write(writing.connection(), after.id, &after.operation)
        .await?;
    query("UPDATE nodes SET request = $2, operation_id = $3, version = $4 WHERE id = $1")
        .bind(after.id)
        .bind(after.request)
        .bind(after.operation.id)
        .bind(after.version)
        .execute(writing.connection())
        .await?;
    writing.commit().await?;
    Ok(true)
}

/// Whether a person gave the node another operation since it was claimed. The worker itself may
/// have begun the operation that it writes.
fn was_turned(now: &NodeRecord, claim: &Claim<NodeRecord>, writes: OperationId) -> bool {
    now.operation.id != claim.record.operation.id && now.operation.id != writes
}

fn change(node: &NodeRecord) -> Change {
    Change::Node {
        id: node.id,
        tenant_id: node.tenant.id,
    }
}

/// Whether a person can see the difference: nobody is shown requests, nor what was last seen.
fn is_visible(before: &NodeRecord, after: &NodeRecord) -> bool {
    let mut shown = after.clone();
    shown.request.clone_from(&before.request);
    shown.seen.clone_from(&before.seen);
    shown != *before
}

/// The node after `progress`, costs aside. One that was `turned` meanwhile keeps its state, operation
/// and request; what was found out about its machine still holds.
fn advanced(before: &NodeRecord, progress: NodeProgress, turned: bool) -> NodeRecord {
    let mut after = before.clone();
    after.placement = progress.placement;
    after.address = progress.address;
    after.price_per_hour = progress.price_per_hour;
    after.seen = progress.seen;
    after.ready_at = progress.ready_at.map(as_stored);
    if !turned {
        after.state = progress.state;
        after.failure = progress.failure;
        after.request = progress.request;
        after.deleted_at = progress.deleted_at.map(as_stored);
        after.operation = operation_as_stored(progress.operation);
    }
    after
}

/// Writes what changes in a node and ends the claim.
async fn write(
    connection: &mut Transaction,
    node: &NodeRecord,
    due_at: Option<Timestamp>,
) -> Result<(), Cause> {
    query(
        "UPDATE nodes SET state = $2, failure = $3, placement = $4, address = $5, \
         price_per_hour = $6, spent = $7, charged_since = $8, request = $9, seen = $10, \
         ready_at = $11, deleted_at = $12, operation_id = $13, version = $14, due_at = $15, \
         leased_until = NULL WHERE id = $1",
    )
    .bind(node.id)
    .bind(node.state.as_str())
    .bind(optional_json_value(node.failure.as_ref())?)
    .bind(optional_json_value(node.placement.as_ref())?)
    .bind(node.address.clone())
    .bind(node.price_per_hour.map(|price| price.0))
    .bind(node.spent.0)
    .bind(node.charged_since)
    .bind(node.request.clone())
    .bind(node.seen.clone())
    .bind(node.ready_at)
    .bind(node.deleted_at)
    .bind(node.operation.id)
    .bind(node.version)
    .bind(due_at)
    .execute(connection)
    .await?;
    Ok(())
}
