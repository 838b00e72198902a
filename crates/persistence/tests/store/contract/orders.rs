//! Orders and deletions, each with its operation and audit entry.

use super::*;
use crate::backend::Backend;
use domain::{cluster::UserRef, ids::EnvironmentId};
use persistence::change::Change;
use std::collections::HashSet;
use tokio::task::JoinSet;

on_both_databases_for_each_kind!(
    an_order_is_stored_with_its_header,
    a_name_is_free_once_its_resource_is_gone,
    an_order_is_audited_announced_and_due_at_once,
    a_refused_order_leaves_no_trace,
    an_order_that_fails_leaves_no_trace,
    the_same_order_with_the_same_key_is_answered_again,
    a_key_stays_with_its_resource_after_deletion,
    another_order_with_a_used_key_is_refused,
    a_key_belongs_to_one_person,
    of_fifty_parallel_orders_of_one_name_one_is_created,
    of_parallel_orders_with_one_key_one_is_created_and_the_rest_are_replayed,
    orders_of_several_portals_at_once_are_all_stored,
    a_deletion_is_written_announced_and_due_at_once,
    a_second_deletion_changes_nothing,
    of_parallel_deletions_one_counts,
    deleting_what_is_not_there_is_answered_with_nothing,
);

/// How many audit entries there are about resources of the kind.
async fn audited<K: Example>(backend: &Backend) -> i64 {
    let sql = format!(
        "SELECT COUNT(*) FROM audit_entries WHERE target LIKE '{}/%'",
        K::NOUN
    );
    backend.count(&sql).await
}

async fn rows<K: Example>(backend: &Backend) -> i64 {
    backend
        .count(&format!("SELECT COUNT(*) FROM {}", K::TABLE))
        .await
}

async fn operations<K: Example>(backend: &Backend) -> i64 {
    let table = K::OPERATIONS.table;
    backend
        .count(&format!("SELECT COUNT(*) FROM {table}"))
        .await
}

async fn an_order_is_stored_with_its_header<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = example::<K>(&world, "payments-ci");
    let stored = created(&backend.database, &order).await;
    assert_eq!(read(&backend.database, &order).await, stored);
    assert_eq!(
        stored,
        Record::<K> {
            id: order.id,
            name: order.name,
            tenant: world.vision.tenant,
            environment: world.vision.environments[0].clone(),
            state: K::State::PENDING,
            failure: None,
            created_by: UserRef {
                id: world.ada.id,
                name: "Ada Lovelace".into(),
            },
            created_at: order.created_at,
            ready_at: None,
            ends_at: order.ends_at,
            deleted_at: None,
            operation: order.operation,
            version: 1,
            details: order.details,
        }
    );
}

async fn a_name_is_free_once_its_resource_is_gone<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let first = example::<K>(&world, "payments-ci");
    created(database, &first).await;
    let again = example_in::<K>(&world.vision, 1, world.brian.id, "payments-ci");
    assert!(matches!(
        store(database, &again).await,
        OrderStored::NameTaken
    ));
    delete(database, &first).await;
    assert!(matches!(
        store(database, &again).await,
        OrderStored::NameTaken
    ));
    bring_to(database, &first, K::State::DELETED, after(20)).await;
    created(database, &again).await;
}

async fn an_order_is_audited_announced_and_due_at_once<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut changes = backend.listen().await;
    let order = example::<K>(&world, "payments-ci");
    created(&backend.database, &order).await;
    assert_eq!(
        backend.heard(&mut changes).await,
        [K::change(order.id, order.tenant_id), Change::WorkDue]
    );
    assert_eq!(audited::<K>(backend).await, 1);
    // Whatever the clock of the replica that asks.
    let long_ago: Timestamp = "1971-01-01T00:00:00Z".parse().unwrap();
    assert!(next_due::<K>(&backend.database).await.unwrap() <= long_ago);
    assert_eq!(
        claim_one::<K>(&backend.database, long_ago).await.record.id,
        order.id
    );
}

async fn a_refused_order_leaves_no_trace<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    created(&backend.database, &example::<K>(&world, "payments-ci")).await;
    let mut changes = backend.listen().await;
    let refused = with_key(example::<K>(&world, "payments-ci"), "key");
    assert!(matches!(
        store(&backend.database, &refused).await,
        OrderStored::NameTaken
    ));
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(audited::<K>(backend).await, 1);
    assert_eq!(operations::<K>(backend).await, 1);
    // The key was not used up.
    created(
        &backend.database,
        &with_key(example::<K>(&world, "payments"), "key"),
    )
    .await;
}

async fn an_order_that_fails_leaves_no_trace<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut changes = backend.listen().await;
    let elsewhere = NewResource {
        environment_id: world.speech.environments[0].id,
        ..example::<K>(&world, "payments-ci")
    };
    let nowhere = NewResource {
        environment_id: new_id::<EnvironmentId>(),
        ..example::<K>(&world, "payments-ci")
    };
    for order in [elsewhere, nowhere] {
        let error = backend
            .database
            .table::<Record<K>>()
            .create(order.clone(), audit_of(&order, K::ORDERED))
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "store an order");
    }
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(audited::<K>(backend).await, 0);
    assert_eq!(rows::<K>(backend).await, 0);
}

async fn the_same_order_with_the_same_key_is_answered_again<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let first = with_key(example::<K>(&world, "payments-ci"), "key");
    let record = created(&backend.database, &first).await;
    let mut changes = backend.listen().await;
    match store(
        &backend.database,
        &with_key(example::<K>(&world, "payments-ci"), "key"),
    )
    .await
    {
        OrderStored::Replayed(replayed) => assert_eq!(replayed, record),
        other => panic!("not replayed: {other:?}"),
    }
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(audited::<K>(backend).await, 1);
}

async fn a_key_stays_with_its_resource_after_deletion<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let first = with_key(example::<K>(&world, "payments-ci"), "key");
    created(&backend.database, &first).await;
    delete(&backend.database, &first).await;
    bring_to(&backend.database, &first, K::State::DELETED, after(20)).await;
    match store(
        &backend.database,
        &with_key(example::<K>(&world, "payments-ci"), "key"),
    )
    .await
    {
        OrderStored::Replayed(replayed) => assert_eq!(replayed.state, K::State::DELETED),
        other => panic!("not replayed: {other:?}"),
    }
}

async fn another_order_with_a_used_key_is_refused<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    created(
        &backend.database,
        &with_key(example::<K>(&world, "payments-ci"), "key"),
    )
    .await;
    assert!(matches!(
        store(
            &backend.database,
            &with_key(example::<K>(&world, "other"), "key")
        )
        .await,
        OrderStored::KeyReused
    ));
}

async fn a_key_belongs_to_one_person<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    created(
        &backend.database,
        &with_key(example::<K>(&world, "payments-ci"), "key"),
    )
    .await;
    let brians = NewResource {
        created_by: world.brian.id,
        ..with_key(example::<K>(&world, "other"), "key")
    };
    created(&backend.database, &brians).await;
}

async fn of_fifty_parallel_orders_of_one_name_one_is_created<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut orders = JoinSet::new();
    for _ in 0..50 {
        let (database, order) = (
            backend.database.clone(),
            example::<K>(&world, "payments-ci"),
        );
        orders.spawn(async move { store(&database, &order).await });
    }
    let (mut made, mut taken) = (0, 0);
    for outcome in orders.join_all().await {
        match outcome {
            OrderStored::Created(_) => made += 1,
            OrderStored::NameTaken => taken += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((made, taken), (1, 49));
    assert_eq!(audited::<K>(backend).await, 1);
    assert_eq!(rows::<K>(backend).await, 1);
}

async fn of_parallel_orders_with_one_key_one_is_created_and_the_rest_are_replayed<K: Example>(
    backend: &Backend,
) {
    let world = world(&backend.database).await;
    let mut orders = JoinSet::new();
    for _ in 0..30 {
        let (database, order) = (
            backend.database.clone(),
            with_key(example::<K>(&world, "payments-ci"), "key"),
        );
        orders.spawn(async move { store(&database, &order).await });
    }
    let (mut made, mut ids) = (0, HashSet::new());
    for outcome in orders.join_all().await {
        match outcome {
            OrderStored::Created(record) => {
                made += 1;
                ids.insert(record.id);
            }
            OrderStored::Replayed(record) => {
                ids.insert(record.id);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((made, ids.len()), (1, 1));
    assert_eq!(audited::<K>(backend).await, 1);
}

async fn orders_of_several_portals_at_once_are_all_stored<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut portals = JoinSet::new();
    for portal in 0..4 {
        let database = backend.another().await;
        // With a key each order first reads and then writes.
        let orders: Vec<_> = (0..15)
            .map(|number| format!("number-{portal}-{number}"))
            .map(|name| with_key(example::<K>(&world, &name), &name))
            .collect();
        portals.spawn(async move {
            for order in &orders {
                created(&database, order).await;
            }
        });
    }
    portals.join_all().await;
    assert_eq!(audited::<K>(backend).await, 60);
}

async fn a_deletion_is_written_announced_and_due_at_once<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = example::<K>(&world, "payments-ci");
    let before = created(&backend.database, &order).await;
    bring_to(&backend.database, &order, K::READY_STATE, after(5)).await;
    assert_eq!(next_due::<K>(&backend.database).await, None);
    let mut changes = backend.listen().await;
    let record = delete(&backend.database, &order).await;
    assert_eq!(record, read(&backend.database, &order).await);
    assert_eq!(record.state, K::State::DELETING);
    assert_eq!(record.operation.kind, K::DELETION);
    assert!(record.version > before.version);
    assert_eq!(
        backend.heard(&mut changes).await,
        [K::change(order.id, order.tenant_id), Change::WorkDue]
    );
    assert_eq!(audited::<K>(backend).await, 2);
    assert_eq!(
        claim_one::<K>(&backend.database, noon()).await.record,
        record
    );
    // The first operation is history, not gone.
    assert_eq!(operations::<K>(backend).await, 2);
}

async fn a_second_deletion_changes_nothing<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = example::<K>(&world, "payments-ci");
    created(&backend.database, &order).await;
    let first = delete(&backend.database, &order).await;
    let mut changes = backend.listen().await;
    assert_eq!(delete(&backend.database, &order).await, first);
    bring_to(&backend.database, &order, K::State::DELETED, after(20)).await;
    let gone = read(&backend.database, &order).await;
    assert_eq!(delete(&backend.database, &order).await, gone);
    assert_eq!(gone.deleted_at, Some(after(20)));
    // Only what bringing it to its end announces.
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::WorkDue, K::change(order.id, order.tenant_id)]
    );
    assert_eq!(audited::<K>(backend).await, 2);
}

async fn of_parallel_deletions_one_counts<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = example::<K>(&world, "payments-ci");
    created(&backend.database, &order).await;
    let mut deletions = JoinSet::new();
    for _ in 0..20 {
        let (database, order) = (backend.database.clone(), order.clone());
        deletions.spawn(async move { delete(&database, &order).await.operation.id });
    }
    let operations: HashSet<_> = deletions.join_all().await.into_iter().collect();
    assert_eq!(operations.len(), 1);
    assert_eq!(audited::<K>(backend).await, 2);
}

async fn deleting_what_is_not_there_is_answered_with_nothing<K: Example>(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = example::<K>(&world, "payments-ci");
    let answer = backend
        .database
        .table::<Record<K>>()
        .delete(
            order.id,
            Operation::begin(new_id(), K::DELETION, noon()),
            audit_of(&order, K::DELETED),
        )
        .await
        .unwrap();
    assert_eq!(answer, None);
    assert_eq!(
        backend
            .database
            .table::<Record<K>>()
            .get(order.id)
            .await
            .unwrap(),
        None
    );
    assert_eq!(audited::<K>(backend).await, 0);
}
