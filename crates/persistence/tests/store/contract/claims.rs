//! Claims: who may work on a resource, and what came of the work.

use super::*;
use crate::backend::Backend;
use domain::failure::{Failure, FailureCode};
use persistence::change::Change;
use sqlx::{AssertSqlSafe, Executor};
use std::collections::HashSet;
use tokio::task::JoinSet;

on_both_databases_for_each_kind!(
    claimed_work_is_nobody_elses_until_the_lease_runs_out,
    work_is_claimed_in_the_order_it_is_due,
    no_more_is_claimed_than_asked_for,
    parallel_claims_never_share_a_resource,
    work_planned_for_later_is_not_claimed_before,
    a_longer_lease_keeps_others_away,
    a_late_worker_writes_nothing,
    a_claim_ends_when_its_outcome_is_recorded,
    progress_is_written_with_its_operation_and_audit_entry,
    a_new_operation_may_begin_with_progress,
    progress_that_nobody_can_see_is_not_announced,
    a_wake_during_a_claim_is_not_lost,
    waking_makes_work_due_and_says_so,
    several_are_woken_at_once_and_announced_once,
    what_is_gone_is_not_woken,
    a_deletion_during_a_claim_is_kept,
    the_next_work_is_the_earliest_that_may_be_claimed,
    a_resource_that_cannot_be_read_does_not_stop_the_others,
);

async fn claimed_work_is_nobody_elses_until_the_lease_runs_out<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let record = created(database, &example::<K>(&world, "payments-ci")).await;
    let first = claim_one::<K>(database, noon()).await;
    assert_eq!(first.record, record);
    assert!(claim_all::<K>(database, after(59)).await.is_empty());
    let second = claim_one::<K>(database, after(60)).await;
    assert!(second.fence > first.fence);
    assert_eq!(second.record, record);
}

async fn work_is_claimed_in_the_order_it_is_due<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let orders = ["one", "two", "three"].map(|name| example::<K>(&world, name));
    for order in &orders {
        created(database, order).await;
    }
    let claims = claim_all::<K>(database, noon()).await;
    let names: Vec<_> = claims
        .iter()
        .map(|claim| claim.record.name.to_string())
        .collect();
    assert_eq!(names, ["one", "two", "three"]);
    for (claim, due) in claims.iter().zip([30, 10, 20]) {
        let mut progress = as_it_is(&claim.record);
        progress.due_at = Some(after(due));
        assert!(record(database, claim, progress).await);
    }
    let claims = claim_all::<K>(database, after(30)).await;
    let names: Vec<_> = claims
        .iter()
        .map(|claim| claim.record.name.to_string())
        .collect();
    assert_eq!(names, ["two", "three", "one"]);
}

async fn no_more_is_claimed_than_asked_for<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    for number in 0..5 {
        created(database, &example::<K>(&world, &format!("number-{number}"))).await;
    }
    let lease = SignedDuration::from_secs(60);
    for expected in [2, 2, 1, 0] {
        let claims = database
            .table::<Record<K>>()
            .claim(noon(), lease, 2)
            .await
            .unwrap();
        assert_eq!(claims.len(), expected);
    }
}

async fn parallel_claims_never_share_a_resource<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    for number in 0..40 {
        created(
            &backend.database,
            &example::<K>(&world, &format!("number-{number}")),
        )
        .await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let database = backend.another().await;
        workers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let lease = SignedDuration::from_secs(60);
                let claims = database
                    .table::<Record<K>>()
                    .claim(noon(), lease, 3)
                    .await
                    .unwrap();
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

async fn work_planned_for_later_is_not_claimed_before<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &example::<K>(&world, "payments-ci")).await;
    let claim = claim_one::<K>(database, noon()).await;
    let mut progress = as_it_is(&claim.record);
    progress.due_at = Some(after(30));
    record(database, &claim, progress).await;
    assert!(claim_all::<K>(database, after(29)).await.is_empty());
    claim_one::<K>(database, after(30)).await;
}

async fn a_longer_lease_keeps_others_away<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &example::<K>(&world, "payments-ci")).await;
    let claim = claim_one::<K>(database, noon()).await;
    assert!(
        database
            .table::<Record<K>>()
            .extend(&claim, after(120))
            .await
            .unwrap()
    );
    assert!(claim_all::<K>(database, after(119)).await.is_empty());
    assert_eq!(
        claim_one::<K>(database, after(120)).await.record.id,
        claim.record.id
    );
}

async fn a_late_worker_writes_nothing<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = example::<K>(&world, "payments-ci");
    created(database, &order).await;
    let late = claim_one::<K>(database, noon()).await;
    let current = claim_one::<K>(database, after(60)).await;
    let mut changes = backend.listen().await;
    let before = read(database, &order).await;
    let mut progress = as_it_is(&late.record);
    progress.state = K::READY_STATE;
    progress.audit = Some(audit_of(&order, K::READY));
    assert!(!record(database, &late, progress).await);
    assert!(
        !database
            .table::<Record<K>>()
            .extend(&late, after(1000))
            .await
            .unwrap()
    );
    assert_eq!(read(database, &order).await, before);
    assert_eq!(backend.heard(&mut changes).await, []);
    let audited = format!(
        "SELECT COUNT(*) FROM audit_entries WHERE action = '{}'",
        K::READY.as_str()
    );
    assert_eq!(backend.count(&audited).await, 0);
    // And it did not end the claim of the one that took over, nor hold it longer.
    assert!(claim_all::<K>(database, after(119)).await.is_empty());
    assert!(record(database, &current, as_it_is(&current.record)).await);
}

async fn a_claim_ends_when_its_outcome_is_recorded<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &example::<K>(&world, "payments-ci")).await;
    let claim = claim_one::<K>(database, noon()).await;
    let mut progress = as_it_is(&claim.record);
    progress.due_at = Some(noon());
    assert!(record(database, &claim, progress.clone()).await);
    assert!(!record(database, &claim, progress).await);
    assert!(
        !database
            .table::<Record<K>>()
            .extend(&claim, after(1000))
            .await
            .unwrap()
    );
    claim_one::<K>(database, noon()).await;
}

async fn progress_is_written_with_its_operation_and_audit_entry<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = example::<K>(&world, "payments-ci");
    let before = created(database, &order).await;
    let claim = claim_one::<K>(database, noon()).await;
    let mut changes = backend.listen().await;
    let failure = Failure {
        code: FailureCode::ImagePull,
        message: "not found: “kubernetes:v9”".into(),
        next_step: "Choose another version.".into(),
        retrying: true,
    };
    let mut progress = as_it_is(&claim.record);
    progress.state = K::FAILED_STATE;
    progress.failure = Some(failure.clone());
    progress.ready_at = Some(after(7));
    progress.operation.attempts = 3;
    progress.operation.finished_at = Some(after(8));
    progress.operation.steps[1].detail = Some("in vcluster-payments-ci".into());
    progress.operation.failure = Some(failure);
    progress.audit = Some(audit_of(&order, K::READY));
    assert!(record(database, &claim, progress.clone()).await);

    let after = read(database, &order).await;
    assert_eq!(after.state, progress.state);
    assert_eq!(after.failure, progress.failure);
    assert_eq!(after.ready_at, progress.ready_at);
    assert_eq!(after.operation, progress.operation);
    assert_eq!(after.version, before.version + 1);
    let audited = format!(
        "SELECT COUNT(*) FROM audit_entries WHERE action = '{}'",
        K::READY.as_str()
    );
    assert_eq!(backend.count(&audited).await, 1);
    assert_eq!(
        backend.heard(&mut changes).await,
        [K::change(order.id, order.tenant_id)]
    );
}

async fn a_new_operation_may_begin_with_progress<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = example::<K>(&world, "payments-ci");
    created(database, &order).await;
    let claim = claim_one::<K>(database, noon()).await;
    let mut progress = as_it_is(&claim.record);
    progress.operation = Operation::begin(new_id(), K::CREATION, after(5));
    assert!(record(database, &claim, progress.clone()).await);
    assert_eq!(read(database, &order).await.operation, progress.operation);
    assert_eq!(
        backend
            .count(&format!("SELECT COUNT(*) FROM {}", K::OPERATIONS.table))
            .await,
        2
    );
}

async fn progress_that_nobody_can_see_is_not_announced<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = example::<K>(&world, "payments-ci");
    let before = created(database, &order).await;
    let claim = claim_one::<K>(database, noon()).await;
    let mut changes = backend.listen().await;
    let mut progress = as_it_is(&claim.record);
    progress.due_at = Some(after(30));
    assert!(record(database, &claim, progress).await);
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(read(database, &order).await, before);
}

async fn a_wake_during_a_claim_is_not_lost<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = example::<K>(&world, "payments-ci");
    created(database, &order).await;
    let claim = claim_one::<K>(database, noon()).await;
    database.table::<Record<K>>().wake(order.id).await.unwrap();
    assert!(
        claim_all::<K>(database, after(1)).await.is_empty(),
        "it is held"
    );
    let mut changes = backend.listen().await;
    let mut progress = as_it_is(&claim.record);
    progress.due_at = Some(after(1000));
    assert!(record(database, &claim, progress.clone()).await);
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    let again = claim_one::<K>(database, after(1)).await;
    assert!(record(database, &again, progress).await);
    assert!(
        claim_all::<K>(database, after(2)).await.is_empty(),
        "a wake counts once"
    );
}

async fn waking_makes_work_due_and_says_so<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = example::<K>(&world, "payments-ci");
    let before = created(database, &order).await;
    let claim = claim_one::<K>(database, noon()).await;
    assert!(record(database, &claim, as_it_is(&claim.record)).await);
    assert!(claim_all::<K>(database, after(10_000)).await.is_empty());
    let mut changes = backend.listen().await;
    database.table::<Record<K>>().wake(order.id).await.unwrap();
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    assert_eq!(claim_one::<K>(database, noon()).await.record, before);
}

async fn several_are_woken_at_once_and_announced_once<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let mut ids = Vec::new();
    for name in ["payments-ci", "payments-qa"] {
        let order = example::<K>(&world, name);
        created(database, &order).await;
        let claim = claim_one::<K>(database, noon()).await;
        assert!(record(database, &claim, as_it_is(&claim.record)).await);
        ids.push(order.id);
    }
    let mut changes = backend.listen().await;
    database
        .table::<Record<K>>()
        .wake_all(ids.clone())
        .await
        .unwrap();
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    let claimed = claim_all::<K>(database, noon()).await;
    assert_eq!(claimed.len(), ids.len());
}

async fn what_is_gone_is_not_woken<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = example::<K>(&world, "payments-ci");
    created(database, &order).await;
    delete(database, &order).await;
    let claim = claim_one::<K>(database, noon()).await;
    database.table::<Record<K>>().wake(order.id).await.unwrap();
    let mut progress = as_it_is(&claim.record);
    progress.state = K::State::DELETED;
    progress.deleted_at = Some(after(20));
    assert!(record(database, &claim, progress).await);
    database.table::<Record<K>>().wake(order.id).await.unwrap();
    database.table::<Record<K>>().wake(new_id()).await.unwrap();
    assert_eq!(next_due::<K>(database).await, None);
}

async fn a_deletion_during_a_claim_is_kept<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = example::<K>(&world, "payments-ci");
    created(database, &order).await;
    let claim = claim_one::<K>(database, noon()).await;
    let deleting = delete(database, &order).await;
    let mut progress = as_it_is(&claim.record);
    progress.state = K::READY_STATE;
    progress.ready_at = Some(after(7));
    progress.due_at = Some(after(1000));
    assert!(record(database, &claim, progress).await);
    let kept = read(database, &order).await;
    assert_eq!(kept.state, K::State::DELETING);
    assert_eq!(kept.operation, deleting.operation);
    assert_eq!(kept.failure, None);
    // It was usable for a while, which is charged.
    assert_eq!(kept.ready_at, Some(after(7)));
    let next = claim_one::<K>(database, after(1)).await;
    assert_eq!(next.record, kept);
    // From here on the deletion itself makes progress.
    let mut progress = as_it_is(&next.record);
    progress.state = K::State::DELETED;
    progress.deleted_at = Some(after(20));
    assert!(record(database, &next, progress).await);
    assert_eq!(read(database, &order).await.state, K::State::DELETED);
}

async fn the_next_work_is_the_earliest_that_may_be_claimed<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    assert_eq!(next_due::<K>(database).await, None);
    created(database, &example::<K>(&world, "one")).await;
    created(database, &example::<K>(&world, "two")).await;
    let claims = claim_all::<K>(database, noon()).await;
    assert_eq!(next_due::<K>(database).await, Some(after(60)));
    let mut progress = as_it_is(&claims[0].record);
    progress.due_at = Some(after(45));
    assert!(record(database, &claims[0], progress).await);
    assert_eq!(next_due::<K>(database).await, Some(after(45)));
    assert!(record(database, &claims[1], as_it_is(&claims[1].record)).await);
    let claim = claim_one::<K>(database, after(45)).await;
    assert!(record(database, &claim, as_it_is(&claim.record)).await);
    assert_eq!(next_due::<K>(database).await, None);
}

async fn a_resource_that_cannot_be_read_does_not_stop_the_others<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &example::<K>(&world, "from-the-future")).await;
    created(database, &example::<K>(&world, "payments-ci")).await;
    let unreadable = format!(
        "UPDATE {} SET failure = '{{\"code\":\"of the future\"}}' WHERE name = 'from-the-future'",
        K::TABLE
    );
    let mut raw = backend.raw().await;
    raw.execute(AssertSqlSafe(unreadable)).await.unwrap();
    let claims = claim_all::<K>(database, noon()).await;
    assert_eq!(claims.len(), 1);
    assert_eq!(claims[0].record.name.to_string(), "payments-ci");
}
