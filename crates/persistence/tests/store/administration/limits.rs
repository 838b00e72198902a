//! Limits of environments, inside the transactions that store orders.

use super::{about_tenant, tenant_of};
use crate::{backend::Backend, fixtures::*};
use domain::{
    audit::AuditAction,
    cluster::{ClusterKind, ClusterState},
    money::MicroDollars,
    quota::LimitReached,
    tenancy::EnvironmentLimits,
};
use persistence::records::{OrderStored, QuotaCheck};
use tokio::task::JoinSet;

on_both_databases!(
    an_order_beyond_the_number_of_clusters_is_refused,
    an_order_beyond_the_price_of_both_kinds_is_refused,
    a_node_beyond_the_number_or_the_price_is_refused,
    an_order_repeated_at_the_limit_is_the_same_order,
    of_fifty_parallel_orders_at_the_limit_minus_one_exactly_one_wins,
);

pub async fn limit(backend: &Backend, world: &World, limits: EnvironmentLimits) {
    let tenant = world.vision.tenant.id;
    let dev = world.vision.environments[0].id;
    let found = tenant_of(&backend.database, tenant).await;
    let version = found
        .environments
        .iter()
        .find(|found| found.environment.id == dev)
        .unwrap()
        .version;
    let audit = about_tenant(tenant, AuditAction::ChangeEnvironment);
    let set = backend
        .database
        .tenants()
        .set_limits(tenant, dev, limits, version, audit);
    set.await.unwrap();
}

fn reached(stored: OrderStored<ClusterKind>) -> LimitReached {
    match stored {
        OrderStored::QuotaExceeded(QuotaCheck::LimitReached(reached)) => reached,
        other => panic!("stored: {other:?}"),
    }
}

async fn an_order_beyond_the_number_of_clusters_is_refused(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let one = EnvironmentLimits {
        max_clusters: Some(1),
        ..EnvironmentLimits::default()
    };
    limit(backend, &world, one).await;
    let first = world.order("first");
    created(database, &first).await;
    let entries = "SELECT COUNT(*) FROM audit_entries WHERE action = 'order_cluster'";
    let refused = store(database, &world.order("second")).await;
    assert_eq!(
        reached(refused),
        LimitReached::Clusters {
            limit: 1,
            in_use: 1
        }
    );
    assert_eq!(backend.count(entries).await, 1);
    // The environment beside it has limits of its own.
    let beside = order_in(&world.vision, 1, world.ada.id, "beside");
    created(database, &beside).await;
    // What is being deleted is still there; what is deleted is not.
    delete(database, &first).await;
    reached(store(database, &world.order("second")).await);
    bring_to(database, &first, ClusterState::Deleted, after(5)).await;
    created(database, &world.order("second")).await;
}

async fn an_order_beyond_the_price_of_both_kinds_is_refused(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let mut node = world.node("node");
    node.details.price_per_hour = Some(MicroDollars(1_000_000));
    let mut free = world.node("free");
    free.details.price_per_hour = None;
    for node in [&node, &free] {
        let stored = store(database, node).await;
        assert!(matches!(stored, OrderStored::Created(_)));
    }
    let price = world.order("x").details.plan.price_per_hour;
    let limits = |extra: i64| EnvironmentLimits {
        max_price_per_hour: Some(MicroDollars(1_000_000 + price.0 + extra)),
        ..EnvironmentLimits::default()
    };
    limit(backend, &world, limits(-1)).await;
    let refused = store(database, &world.order("one")).await;
    assert_eq!(
        reached(refused),
        LimitReached::Price {
            limit: MicroDollars(999_999 + price.0),
            in_use: MicroDollars(1_000_000),
            wanted: price,
        }
    );
    limit(backend, &world, limits(0)).await;
    created(database, &world.order("one")).await;
}

async fn a_node_beyond_the_number_or_the_price_is_refused(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &world.order("cluster")).await;
    let price = world.order("x").details.plan.price_per_hour;
    let limits = EnvironmentLimits {
        max_clusters: None,
        max_nodes: Some(1),
        max_price_per_hour: Some(price + MicroDollars(10)),
    };
    limit(backend, &world, limits).await;
    let priced = |name: &str, price: i64| {
        let mut node = world.node(name);
        node.details.price_per_hour = Some(MicroDollars(price));
        node
    };
    let refused = store(database, &priced("dear", 11)).await;
    assert!(matches!(
        refused,
        OrderStored::QuotaExceeded(QuotaCheck::LimitReached(LimitReached::Price { .. }))
    ));
    let stored = store(database, &priced("cheap", 10)).await;
    assert!(matches!(stored, OrderStored::Created(_)));
    let refused = store(database, &priced("second", 0)).await;
    assert!(matches!(
        refused,
        OrderStored::QuotaExceeded(QuotaCheck::LimitReached(LimitReached::Nodes {
            limit: 1,
            in_use: 1
        }))
    ));
}

async fn an_order_repeated_at_the_limit_is_the_same_order(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let one = EnvironmentLimits {
        max_clusters: Some(1),
        ..EnvironmentLimits::default()
    };
    limit(backend, &world, one).await;
    let mut orders = JoinSet::new();
    for _ in 0..6 {
        let (database, order) = (backend.another().await, world.keyed_order("demo", "key"));
        orders.spawn(async move { store(&database, &order).await });
    }
    let stored = orders.join_all().await;
    let made = stored
        .iter()
        .filter(|stored| matches!(stored, OrderStored::Created(_)));
    assert_eq!(made.count(), 1);
    let same = stored
        .iter()
        .filter(|stored| matches!(stored, OrderStored::Replayed(_)));
    assert_eq!(same.count(), 5, "{stored:?}");
}

async fn of_fifty_parallel_orders_at_the_limit_minus_one_exactly_one_wins(backend: &Backend) {
    let world = world(&backend.database).await;
    let two = EnvironmentLimits {
        max_clusters: Some(2),
        ..EnvironmentLimits::default()
    };
    limit(backend, &world, two).await;
    created(&backend.database, &world.order("first")).await;
    let mut replicas = Vec::new();
    for _ in 0..4 {
        replicas.push(backend.another().await);
    }
    let mut orders = JoinSet::new();
    for number in 0..50 {
        let database = replicas[number % replicas.len()].clone();
        let order = world.order(&format!("order-{number}"));
        orders.spawn(async move {
            let audit = audit_of(&order, AuditAction::OrderCluster);
            database.clusters().create(order, audit).await.unwrap()
        });
    }
    let stored = orders.join_all().await;
    let made = stored
        .iter()
        .filter(|stored| matches!(stored, OrderStored::Created(_)));
    assert_eq!(made.count(), 1);
    let there = "SELECT COUNT(*) FROM clusters";
    assert_eq!(backend.count(there).await, 2);
    let last = OrderStored::<ClusterKind>::QuotaExceeded(QuotaCheck::LimitReached(
        LimitReached::Clusters {
            limit: 2,
            in_use: 2,
        },
    ));
    let refused = stored
        .iter()
        .filter(|stored| format!("{stored:?}") == format!("{last:?}"));
    assert_eq!(refused.count(), 49);
}
