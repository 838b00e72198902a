use crate::{backend::Backend, fixtures::*};
use domain::{cluster::ClusterState, money::MicroDollars, plan::Plan};
use persistence::records::ClusterTally;

on_both_databases!(
    clusters_are_counted_by_host_and_plan_until_they_are_gone,
    without_clusters_there_is_nothing_to_count,
);

async fn clusters_are_counted_by_host_and_plan_until_they_are_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let small = Plan::defaults().remove(0);
    let medium = Plan::defaults().remove(1);
    let dearer = Plan {
        price_per_hour: MicroDollars(500_000),
        ..medium.clone()
    };
    let on = |name: &str, host: &str, plan: &Plan| {
        let mut order = world.order(name);
        order.details.host = host.into();
        order.details.plan = plan.clone();
        order
    };
    let (ready, failed, pending, gone, leaving) = (
        on("ready", "host-a", &medium),
        on("failed", "host-a", &medium),
        on("pending", "host-a", &dearer),
        on("gone", "host-a", &small),
        on("leaving", "host-b", &small),
    );
    for order in [&ready, &failed, &pending, &gone, &leaving] {
        created(database, order).await;
    }
    for order in [&ready, &gone, &leaving] {
        bring_to(database, order, ClusterState::Ready, after(10)).await;
    }
    bring_to(database, &failed, ClusterState::Failed, after(10)).await;
    delete(database, &gone).await;
    bring_to(database, &gone, ClusterState::Deleted, after(30)).await;
    // It is still there, and charged.
    delete(database, &leaving).await;

    let tally = |host: &str, plan: &Plan, clusters, need_attention, price| ClusterTally {
        host: host.into(),
        plan: plan.clone(),
        clusters,
        need_attention,
        price_per_hour: MicroDollars(price),
    };
    let mut found = database.clusters().tally().await.unwrap();
    found.sort_by_key(|tally| (tally.host.clone(), tally.plan.price_per_hour));
    assert_eq!(
        found,
        [
            tally("host-a", &medium, 2, 1, 210_000),
            tally("host-a", &dearer, 1, 0, 0),
            tally("host-b", &small, 1, 0, 80_000),
        ]
    );
}

async fn without_clusters_there_is_nothing_to_count(backend: &Backend) {
    assert_eq!(backend.database.clusters().tally().await.unwrap(), []);
}
