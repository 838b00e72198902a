use crate::{backend::Backend, fixtures::*};
use domain::{
    audit::AuditAction,
    cluster::ClusterState,
    failure::{Failure, FailureCode},
    ids::ClusterId,
    operation::{Operation, OperationKind},
};
use jiff::SignedDuration;
use persistence::{change::Change, new_id};
use sqlx::Executor;
use std::collections::HashSet;
use tokio::task::JoinSet;

on_both_databases!(
    claimed_work_is_nobody_elses_until_the_lease_runs_out,
    work_is_claimed_in_the_order_it_is_due,
    no_more_is_claimed_than_asked_for,
    parallel_claims_never_share_a_cluster,
    work_planned_for_later_is_not_claimed_before,
    a_longer_lease_keeps_others_away,
    a_late_worker_writes_nothing,
    a_claim_ends_when_its_outcome_is_recorded,
    progress_is_written_with_its_operation_and_audit_entry,
    a_new_operation_may_begin_with_progress,
    progress_that_nobody_can_see_is_not_announced,
    a_wake_during_a_claim_is_not_lost,
    waking_makes_work_due_and_says_so,
    what_is_gone_is_not_woken,
    a_deletion_during_a_claim_is_kept,
    the_next_work_is_the_earliest_that_may_be_claimed,
    a_cluster_that_cannot_be_read_does_not_stop_the_others,
);

async fn claimed_work_is_nobody_elses_until_the_lease_runs_out(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let record = created(database, &world.order("payments-ci")).await;
    let first = claim_one(database, noon()).await;
    assert_eq!(first.record, record);
    assert!(claim_all(database, after(59)).await.is_empty());
    let second = claim_one(database, after(60)).await;
    assert!(second.fence > first.fence);
    assert_eq!(second.record, record);
}

async fn work_is_claimed_in_the_order_it_is_due(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let orders = ["one", "two", "three"].map(|name| world.order(name));
    for order in &orders {
        created(database, order).await;
    }
    let claims = claim_all(database, noon()).await;
    let names: Vec<_> = claims
        .iter()
        .map(|claim| claim.record.name.as_str())
        .collect();
    assert_eq!(names, ["one", "two", "three"]);
    for (claim, due) in claims.iter().zip([30, 10, 20]) {
        let mut progress = as_it_is(&claim.record);
        progress.due_at = Some(after(due));
        assert!(database.clusters().record(claim, progress).await.unwrap());
    }
    let claims = claim_all(database, after(30)).await;
    let names: Vec<_> = claims
        .iter()
        .map(|claim| claim.record.name.as_str())
        .collect();
    assert_eq!(names, ["two", "three", "one"]);
}

async fn no_more_is_claimed_than_asked_for(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    for number in 0..5 {
        created(database, &world.order(&format!("number-{number}"))).await;
    }
    let lease = SignedDuration::from_secs(60);
    for expected in [2, 2, 1, 0] {
        let claims = database.clusters().claim(noon(), lease, 2).await.unwrap();
        assert_eq!(claims.len(), expected);
    }
}

async fn parallel_claims_never_share_a_cluster(backend: &Backend) {
    let world = world(&backend.database).await;
    for number in 0..40 {
        created(&backend.database, &world.order(&format!("number-{number}"))).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let database = backend.another().await;
        workers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let lease = SignedDuration::from_secs(60);
                let claims = database.clusters().claim(noon(), lease, 3).await.unwrap();
                assert!(claims.len() <= 3);
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

async fn work_planned_for_later_is_not_claimed_before(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &world.order("payments-ci")).await;
    let claim = claim_one(database, noon()).await;
    let mut progress = as_it_is(&claim.record);
    progress.due_at = Some(after(30));
    database.clusters().record(&claim, progress).await.unwrap();
    assert!(claim_all(database, after(29)).await.is_empty());
    claim_one(database, after(30)).await;
}

async fn a_longer_lease_keeps_others_away(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &world.order("payments-ci")).await;
    let claim = claim_one(database, noon()).await;
    assert!(
        database
            .clusters()
            .extend(&claim, after(120))
            .await
            .unwrap()
    );
    assert!(claim_all(database, after(119)).await.is_empty());
    assert_eq!(
        claim_one(database, after(120)).await.record.id,
        claim.record.id
    );
}

async fn a_late_worker_writes_nothing(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.order("payments-ci");
    created(database, &order).await;
    let late = claim_one(database, noon()).await;
    let current = claim_one(database, after(60)).await;
    let mut changes = backend.listen().await;
    let before = read(database, order.id).await;
    let mut progress = as_it_is(&late.record);
    progress.state = ClusterState::Ready;
    progress.audit = Some(audit_of(&order, AuditAction::ClusterReady));
    assert!(!database.clusters().record(&late, progress).await.unwrap());
    assert!(
        !database
            .clusters()
            .extend(&late, after(1000))
            .await
            .unwrap()
    );
    assert_eq!(read(database, order.id).await, before);
    assert_eq!(backend.heard(&mut changes).await, []);
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'cluster_ready'";
    assert_eq!(backend.count(audited).await, 0);
    // And it did not end the claim of the one that took over, nor hold it longer.
    assert!(claim_all(database, after(119)).await.is_empty());
    assert!(
        database
            .clusters()
            .record(&current, as_it_is(&current.record))
            .await
            .unwrap()
    );
}

async fn a_claim_ends_when_its_outcome_is_recorded(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &world.order("payments-ci")).await;
    let claim = claim_one(database, noon()).await;
    let mut progress = as_it_is(&claim.record);
    progress.due_at = Some(noon());
    assert!(
        database
            .clusters()
            .record(&claim, progress.clone())
            .await
            .unwrap()
    );
    assert!(!database.clusters().record(&claim, progress).await.unwrap());
    assert!(
        !database
            .clusters()
            .extend(&claim, after(1000))
            .await
            .unwrap()
    );
    claim_one(database, noon()).await;
}

async fn progress_is_written_with_its_operation_and_audit_entry(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.order("payments-ci");
    let before = created(database, &order).await;
    let claim = claim_one(database, noon()).await;
    let mut changes = backend.listen().await;
    let failure = Failure {
        code: FailureCode::ImagePull,
        message: "not found: “kubernetes:v9”".into(),
        next_step: "Choose another version.".into(),
        retrying: true,
    };
    let mut progress = as_it_is(&claim.record);
    progress.state = ClusterState::Degraded;
    progress.failure = Some(failure.clone());
    progress.endpoint = Some("https://ci.example.com".into());
    progress.ready_at = Some(after(7));
    progress.operation.attempts = 3;
    progress.operation.finished_at = Some(after(8));
    progress.operation.steps[1].detail = Some("in vcluster-payments-ci".into());
    progress.operation.failure = Some(failure);
    progress.audit = Some(audit_of(&order, AuditAction::ClusterReady));
    assert!(
        database
            .clusters()
            .record(&claim, progress.clone())
            .await
            .unwrap()
    );

    let after = read(database, order.id).await;
    assert_eq!(after.state, progress.state);
    assert_eq!(after.failure, progress.failure);
    assert_eq!(after.endpoint, progress.endpoint);
    assert_eq!(after.ready_at, progress.ready_at);
    assert_eq!(after.operation, progress.operation);
    assert_eq!(after.version, before.version + 1);
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'cluster_ready'";
    assert_eq!(backend.count(audited).await, 1);
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Cluster {
            id: order.id,
            tenant_id: order.tenant_id
        }]
    );
}

async fn a_new_operation_may_begin_with_progress(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.order("payments-ci");
    created(database, &order).await;
    let claim = claim_one(database, noon()).await;
    let mut progress = as_it_is(&claim.record);
    progress.operation = Operation::begin(new_id(), OperationKind::CreateCluster, after(5));
    assert!(
        database
            .clusters()
            .record(&claim, progress.clone())
            .await
            .unwrap()
    );
    assert_eq!(read(database, order.id).await.operation, progress.operation);
    assert_eq!(backend.count("SELECT COUNT(*) FROM operations").await, 2);
}

async fn progress_that_nobody_can_see_is_not_announced(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.order("payments-ci");
    let before = created(database, &order).await;
    let claim = claim_one(database, noon()).await;
    let mut changes = backend.listen().await;
    let mut progress = as_it_is(&claim.record);
    progress.due_at = Some(after(30));
    assert!(database.clusters().record(&claim, progress).await.unwrap());
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(read(database, order.id).await, before);
}

async fn a_wake_during_a_claim_is_not_lost(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.order("payments-ci");
    created(database, &order).await;
    let claim = claim_one(database, noon()).await;
    database.clusters().wake(order.id).await.unwrap();
    assert!(claim_all(database, after(1)).await.is_empty(), "it is held");
    let mut changes = backend.listen().await;
    let mut progress = as_it_is(&claim.record);
    progress.due_at = Some(after(1000));
    assert!(
        database
            .clusters()
            .record(&claim, progress.clone())
            .await
            .unwrap()
    );
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    let again = claim_one(database, after(1)).await;
    assert!(database.clusters().record(&again, progress).await.unwrap());
    assert!(
        claim_all(database, after(2)).await.is_empty(),
        "a wake counts once"
    );
}

async fn waking_makes_work_due_and_says_so(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.order("payments-ci");
    let before = created(database, &order).await;
    let claim = claim_one(database, noon()).await;
    assert!(
        database
            .clusters()
            .record(&claim, as_it_is(&claim.record))
            .await
            .unwrap()
    );
    assert!(claim_all(database, after(10_000)).await.is_empty());
    let mut changes = backend.listen().await;
    database.clusters().wake(order.id).await.unwrap();
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    assert_eq!(claim_one(database, noon()).await.record, before);
}

async fn what_is_gone_is_not_woken(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.order("payments-ci");
    created(database, &order).await;
    delete(database, &order).await;
    let claim = claim_one(database, noon()).await;
    database.clusters().wake(order.id).await.unwrap();
    let mut progress = as_it_is(&claim.record);
    progress.state = ClusterState::Deleted;
    progress.deleted_at = Some(after(20));
    assert!(database.clusters().record(&claim, progress).await.unwrap());
    database.clusters().wake(order.id).await.unwrap();
    database
        .clusters()
        .wake(new_id::<ClusterId>())
        .await
        .unwrap();
    assert_eq!(database.clusters().next_due().await.unwrap(), None);
}

async fn a_deletion_during_a_claim_is_kept(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.order("payments-ci");
    created(database, &order).await;
    let claim = claim_one(database, noon()).await;
    let deleting = delete(database, &order).await;
    let mut progress = as_it_is(&claim.record);
    progress.state = ClusterState::Ready;
    progress.endpoint = Some("https://ci.example.com".into());
    progress.ready_at = Some(after(7));
    progress.due_at = Some(after(1000));
    assert!(database.clusters().record(&claim, progress).await.unwrap());
    let kept = read(database, order.id).await;
    assert_eq!(kept.state, ClusterState::Deleting);
    assert_eq!(kept.operation, deleting.operation);
    assert_eq!(kept.failure, None);
    // It was usable for a while, which is charged.
    assert_eq!(kept.ready_at, Some(after(7)));
    let next = claim_one(database, after(1)).await;
    assert_eq!(next.record, kept);
    // From here on the deletion itself makes progress.
    let mut progress = as_it_is(&next.record);
    progress.state = ClusterState::Deleted;
    progress.deleted_at = Some(after(20));
    assert!(database.clusters().record(&next, progress).await.unwrap());
    assert_eq!(read(database, order.id).await.state, ClusterState::Deleted);
}

async fn the_next_work_is_the_earliest_that_may_be_claimed(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    assert_eq!(database.clusters().next_due().await.unwrap(), None);
    created(database, &world.order("one")).await;
    created(database, &world.order("two")).await;
    let claims = claim_all(database, noon()).await;
    assert_eq!(
        database.clusters().next_due().await.unwrap(),
        Some(after(60))
    );
    let mut progress = as_it_is(&claims[0].record);
    progress.due_at = Some(after(45));
    assert!(
        database
            .clusters()
            .record(&claims[0], progress)
            .await
            .unwrap()
    );
    assert_eq!(
        database.clusters().next_due().await.unwrap(),
        Some(after(45))
    );
    assert!(
        database
            .clusters()
            .record(&claims[1], as_it_is(&claims[1].record))
            .await
            .unwrap()
    );
    let claim = claim_one(database, after(45)).await;
    assert!(
        database
            .clusters()
            .record(&claim, as_it_is(&claim.record))
            .await
            .unwrap()
    );
    assert_eq!(database.clusters().next_due().await.unwrap(), None);
}

async fn a_cluster_that_cannot_be_read_does_not_stop_the_others(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &world.order("from-the-future")).await;
    created(database, &world.order("payments-ci")).await;
    backend
        .raw()
        .await
        .execute("UPDATE clusters SET kubernetes_version = 'v9.9.9' WHERE name = 'from-the-future'")
        .await
        .unwrap();
    let claims = claim_all(database, noon()).await;
    assert_eq!(claims.len(), 1);
    assert_eq!(claims[0].record.name.as_str(), "payments-ci");
}
