use super::fixtures::*;
use crate::backend::Backend;
use domain::{audit::AuditAction, ids::EnvironmentId, money::MicroDollars, node::view::NodeState};
use jiff::Timestamp;
use persistence::{
    change::Change,
    new_id,
    node_records::{NewNode, NodeOrderStored},
};
use std::collections::HashSet;
use tokio::task::JoinSet;

on_both_databases!(
    an_order_is_stored_with_everything_it_says,
    an_order_may_leave_out_what_is_optional,
    an_order_is_audited_announced_and_due_at_once,
    a_name_is_taken_in_its_tenant_until_the_node_is_gone,
    a_machine_belongs_to_one_node_until_it_is_gone,
    a_refused_order_leaves_no_trace,
    an_order_that_fails_leaves_no_trace,
    the_same_order_with_the_same_key_is_answered_again,
    a_key_stays_with_its_node_after_it_is_gone,
    another_order_with_a_used_key_is_refused,
    keys_of_nodes_and_clusters_do_not_meet,
    of_fifty_parallel_orders_of_one_name_one_is_created,
    of_parallel_orders_with_one_key_one_is_created_and_the_rest_are_replayed,
);

const AUDITED: &str = "SELECT COUNT(*) FROM audit_entries WHERE target LIKE 'node/%'";

async fn an_order_is_stored_with_everything_it_says(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = world.node("trainer");
    let record = launched(&backend.database, &order).await;
    assert_eq!(read_node(&backend.database, order.id).await, record);
    assert_eq!(record.id, order.id);
    assert_eq!(record.name, order.name);
    assert_eq!(record.tenant, world.vision.tenant);
    assert_eq!(record.environment, world.vision.environments[0]);
    assert_eq!(record.spec, order.spec);
    assert_eq!(record.task_yaml, order.task_yaml);
    assert_eq!(record.machine, order.machine);
    assert_eq!(record.state, NodeState::Pending);
    assert_eq!(record.autostop, order.autostop);
    assert_eq!(record.price_per_hour, Some(PRICE));
    assert_eq!(
        (record.spent, record.charged_since),
        (MicroDollars(0), None)
    );
    assert_eq!(record.created_by, world.ada.id);
    assert_eq!(record.created_by_name, "Ada Lovelace");
    assert_eq!(record.created_at, order.created_at);
    assert_eq!(record.ends_at, order.ends_at);
    assert_eq!(record.operation, order.operation);
    assert_eq!((record.failure, record.placement), (None, None));
    assert_eq!(
        (record.address, record.request, record.seen),
        (None, None, None)
    );
    assert_eq!((record.ready_at, record.deleted_at), (None, None));
}

async fn an_order_may_leave_out_what_is_optional(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut order = NewNode {
        autostop: None,
        price_per_hour: None,
        ends_at: None,
        ..world.node("trainer")
    };
    order.spec.accelerator = None;
    order.spec.own_task = true;
    let record = launched(&backend.database, &order).await;
    assert_eq!(record.spec, order.spec);
    assert_eq!((record.autostop, record.price_per_hour), (None, None));
    assert_eq!(record.ends_at, None);
}

async fn an_order_is_audited_announced_and_due_at_once(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut changes = backend.listen().await;
    let order = world.node("trainer");
    launched(&backend.database, &order).await;
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
    assert_eq!(backend.count(AUDITED).await, 1);
    // Whatever the clock of the replica that asks.
    let long_ago: Timestamp = "1971-01-01T00:00:00Z".parse().unwrap();
    assert!(backend.database.nodes().next_due().await.unwrap().unwrap() <= long_ago);
    let claim = claim_node(&backend.database, long_ago).await;
    assert_eq!(claim.record.id, order.id);
}

async fn a_name_is_taken_in_its_tenant_until_the_node_is_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let first = world.node("trainer");
    let taken = async |tenant| {
        database
            .nodes()
            .name_taken(tenant, &first.name)
            .await
            .unwrap()
    };
    let (vision, speech) = (world.vision.tenant.id, world.speech.tenant.id);
    assert!(!taken(vision).await);
    launched(database, &first).await;
    assert!(taken(vision).await);
    assert!(!taken(speech).await);

    // In every environment of the tenant, and of that tenant only.
    let again = node_in(&world.vision, 1, world.brian.id, "trainer");
    let refused = store_node(database, &again).await;
    assert!(matches!(refused, NodeOrderStored::NameTaken));
    launched(
        database,
        &node_in(&world.speech, 0, world.brian.id, "trainer"),
    )
    .await;

    ask(database, &first, deletion()).await;
    let refused = store_node(database, &again).await;
    assert!(matches!(refused, NodeOrderStored::NameTaken));
    bring_node_to(database, first.id, NodeState::Deleted, after(20)).await;
    assert!(!taken(vision).await);
    launched(database, &again).await;
}

async fn a_machine_belongs_to_one_node_until_it_is_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let first = world.node("trainer");
    launched(database, &first).await;
    let same_machine = NewNode {
        machine: first.machine.clone(),
        ..node_in(&world.speech, 0, world.brian.id, "other")
    };
    let refused = store_node(database, &same_machine).await;
    assert!(matches!(refused, NodeOrderStored::NameTaken));
    let machines = database.nodes().machine_names().await.unwrap();
    assert_eq!(machines, [&*first.machine]);
    ask(database, &first, deletion()).await;
    bring_node_to(database, first.id, NodeState::Deleted, after(20)).await;
    assert!(database.nodes().machine_names().await.unwrap().is_empty());
    launched(database, &same_machine).await;
}

async fn a_refused_order_leaves_no_trace(backend: &Backend) {
    let world = world(&backend.database).await;
    launched(&backend.database, &world.node("trainer")).await;
    let mut changes = backend.listen().await;
    let refused = store_node(&backend.database, &world.keyed_node("trainer", "key")).await;
    assert!(matches!(refused, NodeOrderStored::NameTaken));
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(backend.count(AUDITED).await, 1);
    let operations = "SELECT COUNT(*) FROM node_operations";
    assert_eq!(backend.count(operations).await, 1);
    // The key was not used up.
    launched(&backend.database, &world.keyed_node("other", "key")).await;
}

async fn an_order_that_fails_leaves_no_trace(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut changes = backend.listen().await;
    let elsewhere = NewNode {
        environment_id: world.speech.environments[0].id,
        ..world.node("trainer")
    };
    let nowhere = NewNode {
        environment_id: new_id::<EnvironmentId>(),
        ..world.node("trainer")
    };
    for order in [elsewhere, nowhere] {
        let error = backend
            .database
            .nodes()
            .create(order.clone(), audit_of_node(&order, AuditAction::OrderNode))
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "store an order of a node");
    }
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(backend.count(AUDITED).await, 0);
    assert_eq!(backend.count("SELECT COUNT(*) FROM nodes").await, 0);
}

async fn the_same_order_with_the_same_key_is_answered_again(backend: &Backend) {
    let world = world(&backend.database).await;
    let record = launched(&backend.database, &world.keyed_node("trainer", "key")).await;
    let mut changes = backend.listen().await;
    match store_node(&backend.database, &world.keyed_node("trainer", "key")).await {
        NodeOrderStored::Replayed(replayed) => assert_eq!(replayed, record),
        other => panic!("not replayed: {other:?}"),
    }
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(backend.count(AUDITED).await, 1);
}

async fn a_key_stays_with_its_node_after_it_is_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let first = world.keyed_node("trainer", "key");
    launched(database, &first).await;
    ask(database, &first, deletion()).await;
    let gone = bring_node_to(database, first.id, NodeState::Deleted, after(20)).await;
    match store_node(database, &world.keyed_node("trainer", "key")).await {
        NodeOrderStored::Replayed(replayed) => assert_eq!(replayed, gone),
        other => panic!("not replayed: {other:?}"),
    }
}

async fn another_order_with_a_used_key_is_refused(backend: &Backend) {
    let world = world(&backend.database).await;
    launched(&backend.database, &world.keyed_node("trainer", "key")).await;
    let refused = store_node(&backend.database, &world.keyed_node("other", "key")).await;
    assert!(matches!(refused, NodeOrderStored::KeyReused));
    // It is one person's: others may happen to use the same.
    let brians = NewNode {
        created_by: world.brian.id,
        ..world.keyed_node("other", "key")
    };
    launched(&backend.database, &brians).await;
}

async fn keys_of_nodes_and_clusters_do_not_meet(backend: &Backend) {
    let world = world(&backend.database).await;
    created(&backend.database, &world.keyed_order("trainer", "key")).await;
    launched(&backend.database, &world.keyed_node("trainer", "key")).await;
}

async fn of_fifty_parallel_orders_of_one_name_one_is_created(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut orders = JoinSet::new();
    for _ in 0..50 {
        let (database, order) = (backend.database.clone(), world.node("trainer"));
        orders.spawn(async move { store_node(&database, &order).await });
    }
    let (mut made, mut taken) = (0, 0);
    for outcome in orders.join_all().await {
        match outcome {
            NodeOrderStored::Created(_) => made += 1,
            NodeOrderStored::NameTaken => taken += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((made, taken), (1, 49));
    assert_eq!(backend.count(AUDITED).await, 1);
    assert_eq!(backend.count("SELECT COUNT(*) FROM nodes").await, 1);
}

async fn of_parallel_orders_with_one_key_one_is_created_and_the_rest_are_replayed(
    backend: &Backend,
) {
    let world = world(&backend.database).await;
    let mut orders = JoinSet::new();
    for _ in 0..30 {
        let (database, order) = (backend.database.clone(), world.keyed_node("trainer", "key"));
        orders.spawn(async move { store_node(&database, &order).await });
    }
    let (mut made, mut ids) = (0, HashSet::new());
    for outcome in orders.join_all().await {
        match outcome {
            NodeOrderStored::Created(record) => {
                made += 1;
                ids.insert(record.id);
            }
            NodeOrderStored::Replayed(record) => {
                ids.insert(record.id);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((made, ids.len()), (1, 1));
    assert_eq!(backend.count(AUDITED).await, 1);
}
