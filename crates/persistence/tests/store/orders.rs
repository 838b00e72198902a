use crate::{backend::Backend, fixtures::*};
use domain::{
    audit::AuditAction,
    cluster::ClusterState,
    ids::EnvironmentId,
    operation::{Operation, OperationKind},
};
use jiff::Timestamp;
use persistence::{
    change::Change,
    new_id,
    records::{NewCluster, OrderStored},
};
use std::collections::HashSet;
use tokio::task::JoinSet;

on_both_databases!(
    an_order_is_stored_with_everything_it_says,
    an_order_is_audited_announced_and_due_at_once,
    a_name_is_taken_on_its_host_until_the_cluster_is_gone,
    a_refused_order_leaves_no_trace,
    an_order_that_fails_leaves_no_trace,
    the_same_order_with_the_same_key_is_answered_again,
    a_key_stays_with_its_cluster_after_deletion,
    another_order_with_a_used_key_is_refused,
    a_key_belongs_to_one_person,
    of_fifty_parallel_orders_of_one_name_one_is_created,
    of_parallel_orders_with_one_key_one_is_created_and_the_rest_are_replayed,
    orders_of_several_portals_at_once_are_all_stored,
    a_deletion_turns_the_cluster_and_is_due_at_once,
    a_second_deletion_changes_nothing,
    of_parallel_deletions_one_counts,
    deleting_what_is_not_there_is_answered_with_nothing,
);

const AUDITED: &str = "SELECT COUNT(*) FROM audit_entries WHERE target LIKE 'cluster/%'";

async fn an_order_is_stored_with_everything_it_says(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = world.order("payments-ci");
    let record = created(&backend.database, &order).await;
    assert_eq!(read(&backend.database, order.id).await, record);
    assert_eq!(record.id, order.id);
    assert_eq!(record.name, order.name);
    assert_eq!(record.tenant, world.vision.tenant);
    assert_eq!(record.environment, world.vision.environments[0]);
    assert_eq!(record.plan, order.plan);
    assert_eq!(record.kubernetes_version, order.kubernetes_version);
    assert_eq!(record.exposure, order.exposure);
    assert_eq!(record.host, HOST);
    assert_eq!(record.state, ClusterState::Pending);
    assert_eq!(record.created_by, world.ada.id);
    assert_eq!(record.created_by_name, "Ada Lovelace");
    assert_eq!(record.created_at, order.created_at);
    assert_eq!(record.ends_at, order.ends_at);
    assert_eq!(record.operation, order.operation);
    assert_eq!(
        (
            record.failure,
            record.endpoint,
            record.ready_at,
            record.deleted_at
        ),
        (None, None, None, None)
    );
}

async fn an_order_is_audited_announced_and_due_at_once(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut changes = backend.listen().await;
    let order = world.order("payments-ci");
    created(&backend.database, &order).await;
    assert_eq!(
        backend.heard(&mut changes).await,
        [
            Change::Cluster {
                id: order.id,
                tenant_id: order.tenant_id
            },
            Change::WorkDue
        ]
    );
    assert_eq!(backend.count(AUDITED).await, 1);
    // Whatever the clock of the replica that asks.
    let long_ago: Timestamp = "1971-01-01T00:00:00Z".parse().unwrap();
    assert!(
        backend
            .database
            .clusters()
            .next_due()
            .await
            .unwrap()
            .unwrap()
            <= long_ago
    );
    assert_eq!(
        claim_one(&backend.database, long_ago).await.record.id,
        order.id
    );
}

async fn a_name_is_taken_on_its_host_until_the_cluster_is_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let first = world.order("payments-ci");
    assert!(
        !database
            .clusters()
            .name_taken(HOST, &first.name)
            .await
            .unwrap()
    );
    created(database, &first).await;
    assert!(
        database
            .clusters()
            .name_taken(HOST, &first.name)
            .await
            .unwrap()
    );
    assert!(
        !database
            .clusters()
            .name_taken("host-b", &first.name)
            .await
            .unwrap()
    );

    let again = order_in(&world.speech, 0, world.brian.id, "payments-ci");
    assert!(matches!(
        store(database, &again).await,
        OrderStored::NameTaken
    ));
    delete(database, &first).await;
    assert!(matches!(
        store(database, &again).await,
        OrderStored::NameTaken
    ));
    bring_to(database, first.id, ClusterState::Deleted, after(20)).await;
    assert!(
        !database
            .clusters()
            .name_taken(HOST, &first.name)
            .await
            .unwrap()
    );
    created(database, &again).await;

    let elsewhere = NewCluster {
        host: "host-b".into(),
        ..world.order("payments-ci")
    };
    created(database, &elsewhere).await;
}

async fn a_refused_order_leaves_no_trace(backend: &Backend) {
    let world = world(&backend.database).await;
    created(&backend.database, &world.order("payments-ci")).await;
    let mut changes = backend.listen().await;
    let refused = world.keyed_order("payments-ci", "key");
    assert!(matches!(
        store(&backend.database, &refused).await,
        OrderStored::NameTaken
    ));
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(backend.count(AUDITED).await, 1);
    assert_eq!(backend.count("SELECT COUNT(*) FROM operations").await, 1);
    // The key was not used up.
    created(&backend.database, &world.keyed_order("payments", "key")).await;
}

async fn an_order_that_fails_leaves_no_trace(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut changes = backend.listen().await;
    let elsewhere = NewCluster {
        environment_id: world.speech.environments[0].id,
        ..world.order("payments-ci")
    };
    let nowhere = NewCluster {
        environment_id: new_id::<EnvironmentId>(),
        ..world.order("payments-ci")
    };
    for order in [elsewhere, nowhere] {
        let error = backend
            .database
            .clusters()
            .create(order.clone(), audit_of(&order, AuditAction::OrderCluster))
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "store an order");
    }
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(backend.count(AUDITED).await, 0);
    assert_eq!(backend.count("SELECT COUNT(*) FROM clusters").await, 0);
}

async fn the_same_order_with_the_same_key_is_answered_again(backend: &Backend) {
    let world = world(&backend.database).await;
    let first = world.keyed_order("payments-ci", "key");
    let record = created(&backend.database, &first).await;
    let mut changes = backend.listen().await;
    match store(&backend.database, &world.keyed_order("payments-ci", "key")).await {
        OrderStored::Replayed(replayed) => assert_eq!(replayed, record),
        other => panic!("not replayed: {other:?}"),
    }
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(backend.count(AUDITED).await, 1);
}

async fn a_key_stays_with_its_cluster_after_deletion(backend: &Backend) {
    let world = world(&backend.database).await;
    let first = world.keyed_order("payments-ci", "key");
    created(&backend.database, &first).await;
    delete(&backend.database, &first).await;
    bring_to(
        &backend.database,
        first.id,
        ClusterState::Deleted,
        after(20),
    )
    .await;
    match store(&backend.database, &world.keyed_order("payments-ci", "key")).await {
        OrderStored::Replayed(replayed) => assert_eq!(replayed.state, ClusterState::Deleted),
        other => panic!("not replayed: {other:?}"),
    }
}

async fn another_order_with_a_used_key_is_refused(backend: &Backend) {
    let world = world(&backend.database).await;
    created(&backend.database, &world.keyed_order("payments-ci", "key")).await;
    assert!(matches!(
        store(&backend.database, &world.keyed_order("other", "key")).await,
        OrderStored::KeyReused
    ));
}

async fn a_key_belongs_to_one_person(backend: &Backend) {
    let world = world(&backend.database).await;
    created(&backend.database, &world.keyed_order("payments-ci", "key")).await;
    let brians = NewCluster {
        created_by: world.brian.id,
        ..world.keyed_order("other", "key")
    };
    created(&backend.database, &brians).await;
}

async fn of_fifty_parallel_orders_of_one_name_one_is_created(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut orders = JoinSet::new();
    for _ in 0..50 {
        let (database, order) = (backend.database.clone(), world.order("payments-ci"));
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
    assert_eq!(backend.count(AUDITED).await, 1);
    assert_eq!(backend.count("SELECT COUNT(*) FROM clusters").await, 1);
}

async fn of_parallel_orders_with_one_key_one_is_created_and_the_rest_are_replayed(
    backend: &Backend,
) {
    let world = world(&backend.database).await;
    let mut orders = JoinSet::new();
    for _ in 0..30 {
        let (database, order) = (
            backend.database.clone(),
            world.keyed_order("payments-ci", "key"),
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
    assert_eq!(backend.count(AUDITED).await, 1);
}

async fn orders_of_several_portals_at_once_are_all_stored(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut portals = JoinSet::new();
    for portal in 0..4 {
        let database = backend.another().await;
        // With a key each order first reads and then writes.
        let orders: Vec<_> = (0..15)
            .map(|number| format!("number-{portal}-{number}"))
            .map(|name| world.keyed_order(&name, &name))
            .collect();
        portals.spawn(async move {
            for order in &orders {
                created(&database, order).await;
            }
        });
    }
    portals.join_all().await;
    assert_eq!(backend.count(AUDITED).await, 60);
}

async fn a_deletion_turns_the_cluster_and_is_due_at_once(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = world.order("payments-ci");
    let before = created(&backend.database, &order).await;
    bring_to(&backend.database, order.id, ClusterState::Ready, after(5)).await;
    assert_eq!(backend.database.clusters().next_due().await.unwrap(), None);
    let mut changes = backend.listen().await;
    let record = delete(&backend.database, &order).await;
    assert_eq!(record, read(&backend.database, order.id).await);
    assert_eq!(record.state, ClusterState::Deleting);
    assert_eq!(record.operation.kind, OperationKind::DeleteCluster);
    assert!(record.version > before.version);
    assert_eq!(
        backend.heard(&mut changes).await,
        [
            Change::Cluster {
                id: order.id,
                tenant_id: order.tenant_id
            },
            Change::WorkDue
        ]
    );
    assert_eq!(backend.count(AUDITED).await, 2);
    assert_eq!(claim_one(&backend.database, noon()).await.record, record);
    // The first operation is history, not gone.
    assert_eq!(backend.count("SELECT COUNT(*) FROM operations").await, 2);
}

async fn a_second_deletion_changes_nothing(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = world.order("payments-ci");
    created(&backend.database, &order).await;
    let first = delete(&backend.database, &order).await;
    let mut changes = backend.listen().await;
    assert_eq!(delete(&backend.database, &order).await, first);
    bring_to(
        &backend.database,
        order.id,
        ClusterState::Deleted,
        after(20),
    )
    .await;
    let gone = read(&backend.database, order.id).await;
    assert_eq!(delete(&backend.database, &order).await, gone);
    assert_eq!(gone.deleted_at, Some(after(20)));
    // Only what bringing it to its end announces.
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Cluster {
            id: order.id,
            tenant_id: order.tenant_id
        }]
    );
    assert_eq!(backend.count(AUDITED).await, 2);
}

async fn of_parallel_deletions_one_counts(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = world.order("payments-ci");
    created(&backend.database, &order).await;
    let mut deletions = JoinSet::new();
    for _ in 0..20 {
        let (database, order) = (backend.database.clone(), order.clone());
        deletions.spawn(async move { delete(&database, &order).await.operation.id });
    }
    let operations: HashSet<_> = deletions.join_all().await.into_iter().collect();
    assert_eq!(operations.len(), 1);
    assert_eq!(backend.count(AUDITED).await, 2);
}

async fn deleting_what_is_not_there_is_answered_with_nothing(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = world.order("payments-ci");
    let answer = backend
        .database
        .clusters()
        .delete(
            order.id,
            Operation::begin(new_id(), OperationKind::DeleteCluster, noon()),
            audit_of(&order, AuditAction::DeleteCluster),
        )
        .await
        .unwrap();
    assert_eq!(answer, None);
    assert_eq!(
        backend.database.clusters().get(order.id).await.unwrap(),
        None
    );
    assert_eq!(backend.count(AUDITED).await, 0);
}
