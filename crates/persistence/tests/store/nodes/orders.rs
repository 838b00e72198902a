//! What only nodes have of orders.

use crate::{backend::Backend, fixtures::*};
use domain::{
    cluster::ClusterKind,
    node::view::{NodeKind, NodeState},
};
use persistence::records::OrderStored;

on_both_databases!(
    an_order_may_leave_out_what_is_optional,
    a_name_is_taken_in_its_tenant_until_the_node_is_gone,
    a_machine_belongs_to_one_node_until_it_is_gone,
    keys_of_nodes_and_clusters_do_not_meet,
    work_on_clusters_and_on_nodes_is_claimed_apart,
);

async fn an_order_may_leave_out_what_is_optional(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut order = world.node("trainer");
    order.ends_at = None;
    order.details.autostop = None;
    order.details.price_per_hour = None;
    order.details.spec.accelerator = None;
    order.details.spec.own_task = true;
    let record = created(&backend.database, &order).await;
    assert_eq!(record.details, order.details);
    assert_eq!(record.ends_at, None);
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
    created(database, &first).await;
    assert!(taken(vision).await);
    assert!(!taken(speech).await);

    // In every environment of the tenant, and of that tenant only.
    let again = node_in(&world.vision, 1, world.brian.id, "trainer");
    let refused = store(database, &again).await;
    assert!(matches!(refused, OrderStored::NameTaken));
    created(
        database,
        &node_in(&world.speech, 0, world.brian.id, "trainer"),
    )
    .await;

    delete(database, &first).await;
    let refused = store(database, &again).await;
    assert!(matches!(refused, OrderStored::NameTaken));
    bring_to(database, &first, NodeState::Deleted, after(20)).await;
    assert!(!taken(vision).await);
    created(database, &again).await;
}

async fn a_machine_belongs_to_one_node_until_it_is_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let first = world.node("trainer");
    created(database, &first).await;
    let mut same_machine = node_in(&world.speech, 0, world.brian.id, "other");
    same_machine.details.machine = first.details.machine.clone();
    let refused = store(database, &same_machine).await;
    assert!(matches!(refused, OrderStored::NameTaken));
    let machines = database.nodes().machine_names().await.unwrap();
    assert_eq!(machines, [&*first.details.machine]);
    delete(database, &first).await;
    bring_to(database, &first, NodeState::Deleted, after(20)).await;
    assert!(database.nodes().machine_names().await.unwrap().is_empty());
    created(database, &same_machine).await;
}

async fn keys_of_nodes_and_clusters_do_not_meet(backend: &Backend) {
    let world = world(&backend.database).await;
    created(&backend.database, &world.keyed_order("trainer", "key")).await;
    created(&backend.database, &with_key(world.node("trainer"), "key")).await;
}

async fn work_on_clusters_and_on_nodes_is_claimed_apart(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let cluster = created(database, &world.order("payments-ci")).await;
    let node = created(database, &world.node("trainer")).await;
    assert_eq!(
        claim_one::<ClusterKind>(database, noon()).await.record,
        cluster
    );
    assert_eq!(next_due::<ClusterKind>(database).await, Some(after(60)));
    assert_eq!(claim_one::<NodeKind>(database, noon()).await.record, node);
}
