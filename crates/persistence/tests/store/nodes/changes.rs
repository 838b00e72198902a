//! What people ask of nodes that exist.

use super::fixtures::*;
use crate::backend::Backend;
use domain::{
    audit::AuditAction,
    failure::{Failure, FailureCode},
    node::{
        order::{Autostop, IdleAction},
        view::{NodeKind, NodeState},
    },
    operation::{Operation, OperationKind},
};
use persistence::{change::Change, new_id, node_records::NodeChange};
use tokio::task::JoinSet;

on_both_databases!(
    a_turn_is_written_audited_announced_and_due_at_once,
    another_idle_rule_leaves_the_operation_alone,
    a_change_of_what_has_changed_meanwhile_is_not_written,
    of_parallel_changes_of_one_version_one_counts,
    changing_what_is_not_there_is_answered_with_nothing,
);

const OPERATIONS: &str = "SELECT COUNT(*) FROM node_operations";
const TURNS: &str = "SELECT COUNT(*) FROM audit_entries WHERE action = 'stop_node'";

async fn a_turn_is_written_audited_announced_and_due_at_once(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    let before = work_on(database, &order, noon(), |progress| {
        progress.state = NodeState::Failed;
        progress.request = Some("request-1".into());
        progress.failure = Some(Failure {
            code: FailureCode::ImagePull,
            message: "no capacity".into(),
            next_step: "Choose another region.".into(),
            retrying: false,
        });
    })
    .await;
    assert_eq!(database.nodes().next_due().await.unwrap(), None);
    let mut changes = backend.listen().await;

    let operation = Operation::begin(new_id(), OperationKind::StopNode, after(10));
    let change = NodeChange::Turn(NodeState::Stopping, operation.clone());
    let turned = ask(database, &order, change).await;
    assert_eq!(turned, read(database, &order).await);
    assert_eq!(turned.state, NodeState::Stopping);
    assert_eq!(turned.operation, operation);
    assert_eq!(turned.failure, None);
    assert_eq!(turned.version, before.version + 1);
    // The request stays until the next one is made.
    assert_eq!(turned.request.as_deref(), Some("request-1"));
    assert_eq!(turned.autostop, order.details.autostop);
    assert_eq!(
        backend.heard(&mut changes).await,
        [
            Change::Node {
                id: order.id,
                tenant_id: order.tenant_id
            },
            Change::WorkDue
        ]
    );
    assert_eq!(backend.count(TURNS).await, 1);
    assert_eq!(claim_one::<NodeKind>(database, noon()).await.record, turned);
    // The first operation is history, not gone.
    assert_eq!(backend.count(OPERATIONS).await, 2);
}

async fn another_idle_rule_leaves_the_operation_alone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    let before = bring_to(database, &order, NodeState::Ready, after(5)).await;
    let mut changes = backend.listen().await;
    let rule = Autostop {
        idle_minutes: 5,
        then: IdleAction::Delete,
    };
    for wanted in [Some(rule), None] {
        let changed = ask(database, &order, NodeChange::Autostop(wanted)).await;
        assert_eq!(changed.autostop, wanted);
        assert_eq!(changed.state, NodeState::Ready);
        assert_eq!(changed.operation, before.operation);
        let heard = backend.heard(&mut changes).await;
        assert_eq!(heard.len(), 2, "{heard:?}");
        // A worker that knows nothing of it writes the rest and leaves the rule.
        let claim = claim_one::<NodeKind>(database, noon()).await;
        let progress = as_it_is(&claim.record);
        assert!(database.nodes().record(&claim, progress).await.unwrap());
        assert_eq!(backend.heard(&mut changes).await, []);
        assert_eq!(read(database, &order).await, changed);
    }
    assert_eq!(backend.count(OPERATIONS).await, 1);
}

async fn a_change_of_what_has_changed_meanwhile_is_not_written(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    let seen = created(database, &order).await;
    bring_to(database, &order, NodeState::Ready, after(5)).await;
    let now = read(database, &order).await;
    let mut changes = backend.listen().await;
    for version in [seen.version, now.version + 1] {
        let audit = audit_of(&order, AuditAction::StopNode);
        let written = database
            .nodes()
            .change(order.id, version, stop(), audit)
            .await
            .unwrap();
        assert_eq!(written, None);
    }
    assert_eq!(read(database, &order).await, now);
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(backend.count(TURNS).await, 0);
    assert_eq!(backend.count(OPERATIONS).await, 1);
    assert_eq!(database.nodes().next_due().await.unwrap(), None);
}

async fn of_parallel_changes_of_one_version_one_counts(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = world.node("trainer");
    let version = created(&backend.database, &order).await.version;
    let mut people = JoinSet::new();
    for _ in 0..20 {
        let (database, order) = (backend.database.clone(), order.clone());
        people.spawn(async move {
            let audit = audit_of(&order, AuditAction::StopNode);
            let written = database.nodes().change(order.id, version, stop(), audit);
            written.await.unwrap().is_some()
        });
    }
    let written = people.join_all().await;
    assert_eq!(written.into_iter().filter(|written| *written).count(), 1);
    assert_eq!(backend.count(TURNS).await, 1);
    assert_eq!(backend.count(OPERATIONS).await, 2);
}

async fn changing_what_is_not_there_is_answered_with_nothing(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = world.node("trainer");
    let audit = audit_of(&order, AuditAction::StopNode);
    let written = backend
        .database
        .nodes()
        .change(order.id, 1, stop(), audit)
        .await
        .unwrap();
    assert_eq!(written, None);
    assert_eq!(backend.database.nodes().get(order.id).await.unwrap(), None);
    assert_eq!(backend.count(TURNS).await, 0);
}
