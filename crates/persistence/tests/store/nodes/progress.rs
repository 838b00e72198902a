//! What reconcilers write about nodes.

use super::fixtures::*;
use crate::backend::Backend;
use domain::{
    audit::AuditAction,
    failure::{Failure, FailureCode},
    money::MicroDollars,
    node::view::{NodeKind, NodeState, Placement},
    operation::{Operation, OperationKind},
};
use persistence::{
    change::Change,
    new_id,
    node_records::{NewNode, NodeChange, NodeProgress, NodeRecord},
    records::Claim,
};

on_both_databases!(
    progress_is_written_with_its_operation_and_audit_entry,
    progress_that_nobody_can_see_is_not_announced,
    what_a_person_asked_during_a_claim_is_kept,
    an_idle_rule_given_during_a_claim_is_kept_and_worked_on,
    a_request_is_noted_and_the_claim_goes_on,
    a_request_may_be_noted_with_an_operation_just_begun,
    a_request_for_what_is_no_longer_wanted_is_not_noted,
);

fn placement() -> Placement {
    Placement {
        cloud: "aws".into(),
        region: "eu-central-1".into(),
        instance_type: Some("p5.48xlarge".into()),
    }
}

fn changed(order: &NewNode) -> Change {
    Change::Node {
        id: order.id,
        tenant_id: order.tenant_id,
    }
}

async fn progress_is_written_with_its_operation_and_audit_entry(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    let before = created(database, &order).await;
    let claim = claim_one::<NodeKind>(database, noon()).await;
    let mut changes = backend.listen().await;
    let failure = Failure {
        code: FailureCode::ImagePull,
        message: "not enough “H100”".into(),
        next_step: "Choose another region.".into(),
        retrying: true,
    };
    let mut progress = as_it_is(&claim.record);
    progress.state = NodeState::Degraded;
    progress.failure = Some(failure.clone());
    progress.placement = Some(placement());
    progress.address = Some("203.0.113.7:22".into());
    progress.price_per_hour = Some(MicroDollars(98_320_000));
    progress.request = Some("request-1".into());
    progress.seen = Some("UP".into());
    progress.ready_at = Some(after(7));
    progress.operation.attempts = 3;
    progress.operation.finished_at = Some(after(8));
    progress.operation.steps[1].detail = Some("in hgr-vision-dev".into());
    progress.operation.failure = Some(failure);
    progress.audit = Some(audit_of(&order, AuditAction::NodeReady));
    let recorded = database.nodes().record(&claim, progress.clone()).await;
    assert!(recorded.unwrap());

    let after = read(database, &order).await;
    assert_eq!(after.state, progress.state);
    assert_eq!(after.failure, progress.failure);
    assert_eq!(after.placement, progress.placement);
    assert_eq!(after.address, progress.address);
    assert_eq!(after.price_per_hour, progress.price_per_hour);
    assert_eq!(after.request, progress.request);
    assert_eq!(after.seen, progress.seen);
    assert_eq!(after.ready_at, progress.ready_at);
    assert_eq!(after.operation, progress.operation);
    assert_eq!(after.version, before.version + 1);
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'node_ready'";
    assert_eq!(backend.count(audited).await, 1);
    assert_eq!(backend.heard(&mut changes).await, [changed(&order)]);
}

async fn progress_that_nobody_can_see_is_not_announced(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    let before = created(database, &order).await;
    let claim = claim_one::<NodeKind>(database, noon()).await;
    let mut changes = backend.listen().await;
    let mut progress = as_it_is(&claim.record);
    progress.due_at = Some(after(30));
    progress.seen = Some("INIT".into());
    progress.request = Some("request-1".into());
    assert!(database.nodes().record(&claim, progress).await.unwrap());
    assert_eq!(backend.heard(&mut changes).await, []);
    // A person who decides on what is shown is not told that it changed.
    let after = read(database, &order).await;
    assert_eq!(after.version, before.version);
    assert_eq!(after.seen.as_deref(), Some("INIT"));
    assert_eq!(after.request.as_deref(), Some("request-1"));
}

/// A worker's view of a machine that has just come up, under the operation it was claimed with.
fn came_up(claim: &Claim<NodeRecord>) -> NodeProgress {
    let mut progress = as_it_is(&claim.record);
    progress.state = NodeState::Ready;
    progress.placement = Some(placement());
    progress.address = Some("203.0.113.7:22".into());
    progress.charged = true;
    progress.at = after(5);
    progress.request = Some("request-2".into());
    progress.seen = Some("UP".into());
    progress.ready_at = Some(after(7));
    progress.operation.finished_at = Some(after(7));
    progress.due_at = Some(after(1000));
    progress
}

async fn what_a_person_asked_during_a_claim_is_kept(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    let claim = claim_one::<NodeKind>(database, noon()).await;
    let operation = &claim.record.operation;
    let noted = database
        .nodes()
        .note_request(&claim, "request-1", operation);
    assert!(noted.await.unwrap());
    let going = delete(database, &order).await;
    let mut changes = backend.listen().await;
    let recorded = database.nodes().record(&claim, came_up(&claim)).await;
    assert!(recorded.unwrap());

    let kept = read(database, &order).await;
    assert_eq!(kept.state, NodeState::Deleting);
    assert_eq!(kept.operation, going.operation);
    assert_eq!(kept.request.as_deref(), Some("request-1"));
    assert_eq!((kept.failure.clone(), kept.deleted_at), (None, None));
    // There is a machine and it is charged, whatever is wanted now.
    assert_eq!(kept.placement, Some(placement()));
    assert_eq!(kept.seen.as_deref(), Some("UP"));
    assert_eq!(kept.charged_since, Some(after(5)));
    assert_eq!(kept.ready_at, Some(after(7)));
    assert_eq!(kept.version, going.version + 1);
    assert_eq!(
        backend.heard(&mut changes).await,
        [changed(&order), Change::WorkDue]
    );
    // It is due at once, and from here on the deletion itself makes progress.
    let next = claim_one::<NodeKind>(database, after(1)).await;
    assert_eq!(next.record, kept);
    let mut progress = as_it_is(&next.record);
    progress.state = NodeState::Deleted;
    progress.charged = false;
    progress.at = after(20);
    progress.deleted_at = Some(after(20));
    assert!(database.nodes().record(&next, progress).await.unwrap());
    let gone = read(database, &order).await;
    assert_eq!(gone.state, NodeState::Deleted);
    assert_eq!(gone.spent, MicroDollars(15_000));
}

async fn an_idle_rule_given_during_a_claim_is_kept_and_worked_on(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    let claim = claim_one::<NodeKind>(database, noon()).await;
    let change = NodeChange::Autostop(None);
    ask(database, &order, change).await;
    let recorded = database.nodes().record(&claim, came_up(&claim)).await;
    assert!(recorded.unwrap());
    let next = claim_one::<NodeKind>(database, after(1)).await.record;
    assert_eq!(next.autostop, None);
    // Nothing else was asked: the rest is as the worker says.
    assert_eq!(next.state, NodeState::Ready);
    assert_eq!(next.request.as_deref(), Some("request-2"));
}

async fn a_request_is_noted_and_the_claim_goes_on(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    let before = created(database, &order).await;
    let claim = claim_one::<NodeKind>(database, noon()).await;
    let mut changes = backend.listen().await;
    let mut operation = claim.record.operation.clone();
    operation.steps[1].detail = Some("asked for".into());
    let noted = database
        .nodes()
        .note_request(&claim, "request-1", &operation);
    assert!(noted.await.unwrap());

    // Whoever looks after a crash finds both.
    let found = backend.another().await;
    let record = read(&found, &order).await;
    assert_eq!(record.request.as_deref(), Some("request-1"));
    assert_eq!(record.operation, operation);
    assert_eq!(record.version, before.version + 1);
    found.close().await;
    assert_eq!(backend.heard(&mut changes).await, [changed(&order)]);
    assert!(claim_all::<NodeKind>(database, after(59)).await.is_empty());

    // Said once more it is nothing new.
    let noted = database
        .nodes()
        .note_request(&claim, "request-1", &operation);
    assert!(noted.await.unwrap());
    assert_eq!(backend.heard(&mut changes).await, []);
    let mut progress = came_up(&claim);
    progress.operation = operation;
    assert!(database.nodes().record(&claim, progress).await.unwrap());
    assert_eq!(read(database, &order).await.state, NodeState::Ready);
}

async fn a_request_may_be_noted_with_an_operation_just_begun(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    let claim = claim_one::<NodeKind>(database, noon()).await;
    let stop = Operation::begin(new_id(), OperationKind::StopNode, after(5));
    let noted = database.nodes().note_request(&claim, "request-1", &stop);
    assert!(noted.await.unwrap());
    // It is the worker's own: nobody asked for something else.
    let mut progress = came_up(&claim);
    progress.state = NodeState::Stopping;
    progress.operation = stop.clone();
    assert!(database.nodes().record(&claim, progress).await.unwrap());
    let stopping = read(database, &order).await;
    assert_eq!(stopping.state, NodeState::Stopping);
    assert_eq!(stopping.operation, stop);
}

async fn a_request_for_what_is_no_longer_wanted_is_not_noted(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    let claim = claim_one::<NodeKind>(database, noon()).await;
    let going = delete(database, &order).await;
    let mut changes = backend.listen().await;
    let operation = &claim.record.operation;
    let noted = database
        .nodes()
        .note_request(&claim, "request-1", operation);
    assert!(!noted.await.unwrap());
    assert_eq!(read(database, &order).await, going);
    assert_eq!(backend.heard(&mut changes).await, []);
    // The claim is still held, and ends as any other.
    assert!(claim_all::<NodeKind>(database, after(1)).await.is_empty());
    let progress = as_it_is(&claim.record);
    assert!(database.nodes().record(&claim, progress).await.unwrap());
    assert_eq!(
        claim_one::<NodeKind>(database, after(1)).await.record,
        going
    );
}
