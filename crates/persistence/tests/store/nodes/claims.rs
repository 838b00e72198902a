use super::fixtures::*;
use crate::backend::Backend;
use domain::{audit::AuditAction, ids::NodeId, node::view::NodeState};
use jiff::SignedDuration;
use persistence::{change::Change, new_id};
use sqlx::Executor;
use std::collections::HashSet;
use tokio::task::JoinSet;

on_both_databases!(
    claimed_work_is_nobody_elses_until_the_lease_runs_out,
    work_is_claimed_in_the_order_it_is_due_and_no_more_than_asked_for,
    parallel_claims_never_share_a_node,
    work_on_clusters_and_on_nodes_is_claimed_apart,
    a_longer_lease_keeps_others_away,
    a_late_worker_writes_nothing,
    a_claim_ends_when_its_outcome_is_recorded,
    a_wake_during_a_claim_is_not_lost,
    waking_makes_work_due_and_says_so,
    what_is_gone_is_not_woken,
    the_next_work_is_the_earliest_that_may_be_claimed,
    a_node_that_cannot_be_read_does_not_stop_the_others,
);

async fn claimed_work_is_nobody_elses_until_the_lease_runs_out(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let record = launched(database, &world.node("trainer")).await;
    let first = claim_node(database, noon()).await;
    assert_eq!(first.record, record);
    assert!(claim_nodes(database, after(59)).await.is_empty());
    let second = claim_node(database, after(60)).await;
    assert!(second.fence > first.fence);
    assert_eq!(second.record, record);
}

async fn work_is_claimed_in_the_order_it_is_due_and_no_more_than_asked_for(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    for name in ["one", "two", "three"] {
        launched(database, &world.node(name)).await;
    }
    for claim in claim_nodes(database, noon()).await {
        let mut progress = node_as_it_is(&claim.record);
        progress.due_at = Some(match claim.record.name.as_str() {
            "one" => after(30),
            "two" => after(10),
            _ => after(20),
        });
        assert!(database.nodes().record(&claim, progress).await.unwrap());
    }
    assert!(claim_nodes(database, after(9)).await.is_empty());
    let mut names = Vec::new();
    for expected in [2, 1, 0] {
        let lease = SignedDuration::from_secs(60);
        let claims = database.nodes().claim(after(30), lease, 2).await.unwrap();
        assert_eq!(claims.len(), expected);
        names.extend(
            claims
                .into_iter()
                .map(|claim| claim.record.name.to_string()),
        );
    }
    assert_eq!(names, ["two", "three", "one"]);
}

async fn parallel_claims_never_share_a_node(backend: &Backend) {
    let world = world(&backend.database).await;
    for number in 0..40 {
        launched(&backend.database, &world.node(&format!("number-{number}"))).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let database = backend.another().await;
        workers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let lease = SignedDuration::from_secs(60);
                let claims = database.nodes().claim(noon(), lease, 3).await.unwrap();
                if claims.is_empty() {
                    return mine;
                }
                mine.extend(claims.into_iter().map(|claim| claim.record.id));
            }
        });
    }
    let claimed = workers.join_all().await.concat();
    let different: HashSet<_> = claimed.iter().collect();
    assert_eq!((claimed.len(), different.len()), (40, 40));
}

async fn work_on_clusters_and_on_nodes_is_claimed_apart(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let cluster = created(database, &world.order("payments-ci")).await;
    let node = launched(database, &world.node("trainer")).await;
    assert_eq!(claim_one(database, noon()).await.record, cluster);
    assert_eq!(
        database.clusters().next_due().await.unwrap(),
        Some(after(60))
    );
    assert_eq!(claim_node(database, noon()).await.record, node);
}

async fn a_longer_lease_keeps_others_away(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    launched(database, &world.node("trainer")).await;
    let claim = claim_node(database, noon()).await;
    assert!(database.nodes().extend(&claim, after(120)).await.unwrap());
    assert!(claim_nodes(database, after(119)).await.is_empty());
    claim_node(database, after(120)).await;
}

async fn a_late_worker_writes_nothing(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    launched(database, &order).await;
    let late = claim_node(database, noon()).await;
    let current = claim_node(database, after(60)).await;
    let mut changes = backend.listen().await;
    let before = read_node(database, order.id).await;
    let mut progress = node_as_it_is(&late.record);
    progress.state = NodeState::Ready;
    progress.charged = true;
    progress.audit = Some(audit_of_node(&order, AuditAction::NodeReady));
    assert!(!database.nodes().record(&late, progress).await.unwrap());
    assert!(!database.nodes().extend(&late, after(1000)).await.unwrap());
    let operation = &late.record.operation;
    assert!(
        !database
            .nodes()
            .note_request(&late, "request-1", operation)
            .await
            .unwrap()
    );
    assert_eq!(read_node(database, order.id).await, before);
    assert_eq!(backend.heard(&mut changes).await, []);
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'node_ready'";
    assert_eq!(backend.count(audited).await, 0);
    assert_eq!(backend.count("SELECT COUNT(*) FROM node_usage").await, 0);
    // And it did not end the claim of the one that took over, nor hold it longer.
    assert!(claim_nodes(database, after(119)).await.is_empty());
    let progress = node_as_it_is(&current.record);
    assert!(database.nodes().record(&current, progress).await.unwrap());
}

async fn a_claim_ends_when_its_outcome_is_recorded(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    launched(database, &world.node("trainer")).await;
    let claim = claim_node(database, noon()).await;
    let mut progress = node_as_it_is(&claim.record);
    progress.due_at = Some(noon());
    let recorded = database.nodes().record(&claim, progress.clone()).await;
    assert!(recorded.unwrap());
    assert!(!database.nodes().record(&claim, progress).await.unwrap());
    assert!(!database.nodes().extend(&claim, after(1000)).await.unwrap());
    claim_node(database, noon()).await;
}

async fn a_wake_during_a_claim_is_not_lost(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    launched(database, &order).await;
    let claim = claim_node(database, noon()).await;
    database.nodes().wake(order.id).await.unwrap();
    let held = claim_nodes(database, after(1)).await;
    assert!(held.is_empty(), "it is held");
    let mut changes = backend.listen().await;
    let mut progress = node_as_it_is(&claim.record);
    progress.due_at = Some(after(1000));
    let recorded = database.nodes().record(&claim, progress.clone()).await;
    assert!(recorded.unwrap());
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    let again = claim_node(database, after(1)).await;
    assert!(database.nodes().record(&again, progress).await.unwrap());
    let woken = claim_nodes(database, after(2)).await;
    assert!(woken.is_empty(), "a wake counts once");
}

async fn waking_makes_work_due_and_says_so(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    let before = launched(database, &order).await;
    let claim = claim_node(database, noon()).await;
    let progress = node_as_it_is(&claim.record);
    assert!(database.nodes().record(&claim, progress).await.unwrap());
    assert!(claim_nodes(database, after(10_000)).await.is_empty());
    let mut changes = backend.listen().await;
    database.nodes().wake(order.id).await.unwrap();
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    assert_eq!(claim_node(database, noon()).await.record, before);
}

async fn what_is_gone_is_not_woken(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    launched(database, &order).await;
    ask(database, &order, deletion()).await;
    let claim = claim_node(database, noon()).await;
    database.nodes().wake(order.id).await.unwrap();
    let mut progress = node_as_it_is(&claim.record);
    progress.state = NodeState::Deleted;
    progress.deleted_at = Some(after(20));
    assert!(database.nodes().record(&claim, progress).await.unwrap());
    database.nodes().wake(order.id).await.unwrap();
    database.nodes().wake(new_id::<NodeId>()).await.unwrap();
    assert_eq!(database.nodes().next_due().await.unwrap(), None);
}

async fn the_next_work_is_the_earliest_that_may_be_claimed(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    assert_eq!(database.nodes().next_due().await.unwrap(), None);
    launched(database, &world.node("one")).await;
    launched(database, &world.node("two")).await;
    let claims = claim_nodes(database, noon()).await;
    assert_eq!(database.nodes().next_due().await.unwrap(), Some(after(60)));
    let mut progress = node_as_it_is(&claims[0].record);
    progress.due_at = Some(after(45));
    assert!(database.nodes().record(&claims[0], progress).await.unwrap());
    assert_eq!(database.nodes().next_due().await.unwrap(), Some(after(45)));
}

async fn a_node_that_cannot_be_read_does_not_stop_the_others(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    launched(database, &world.node("from-the-future")).await;
    launched(database, &world.node("trainer")).await;
    backend
        .raw()
        .await
        .execute("UPDATE nodes SET state = 'dreaming' WHERE name = 'from-the-future'")
        .await
        .unwrap();
    assert_eq!(
        claim_node(database, noon()).await.record.name.as_str(),
        "trainer"
    );
}
