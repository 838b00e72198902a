//! Reports over the usage ledger.

use crate::{backend::Backend, fixtures::*};
use domain::{
    caller::TenantScope,
    cluster::{ClusterKind, ClusterState},
    node::view::{NodeKind, NodeState},
    usage_report::{Hours, UsageGroup, UsagePeriod, report},
};
use jiff::SignedDuration;

on_both_databases!(a_report_tells_what_each_group_used_on_each_day);

const HOUR: i64 = 3600;

async fn a_report_tells_what_each_group_used_on_each_day(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    // Noon: a cluster for 18 hours into the next day, and a node that still runs.
    let cluster = example::<ClusterKind>(&world, "ci");
    created(database, &cluster).await;
    bring_to(database, &cluster, ClusterState::Ready, after(0)).await;
    bring_to(database, &cluster, ClusterState::Failed, after(18 * HOUR)).await;
    let node = example::<NodeKind>(&world, "trainer");
    created(database, &node).await;
    bring_to(database, &node, NodeState::Ready, after(6 * HOUR)).await;

    let midnight = noon() - SignedDuration::from_hours(12);
    let period = UsagePeriod {
        from: midnight,
        until: after(36 * HOUR),
    };
    let read = async |scope: TenantScope, by| {
        let changes = database.usage().changes(&scope, period, by).await.unwrap();
        report(&changes, period, by)
    };
    let (lines, days) = read(TenantScope::All, UsageGroup::Plan).await;
    let (of_cluster, of_node) = (ClusterKind::PRICE.0, NodeKind::PRICE.0);
    let costs: Vec<_> = days.iter().map(|day| day.cost.0).collect();
    assert_eq!(
        costs,
        [12 * of_cluster + 6 * of_node, 6 * of_cluster + 24 * of_node]
    );
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].cost.0, 30 * of_node, "the dearest first");
    assert_eq!(
        (lines[1].running, lines[1].paused),
        (Hours(18.0), Hours(0.0))
    );

    for by in [
        UsageGroup::Tenant,
        UsageGroup::Environment,
        UsageGroup::User,
    ] {
        let (lines, _) = read(TenantScope::All, by).await;
        assert_eq!(lines.len(), 1, "{by:?}");
        assert_eq!(lines[0].cost.0, 18 * of_cluster + 30 * of_node);
    }
    let (lines, _) = read(TenantScope::All, UsageGroup::Resource).await;
    let names: Vec<_> = lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["ci", "trainer"]);
    let resource = lines[0].resource.as_ref().unwrap();
    assert_eq!(
        (resource.kind.as_str(), resource.size.as_str()),
        ("clusters", "medium")
    );
    assert_eq!(lines[0].days.len(), 2);

    let elsewhere = TenantScope::Only(vec![world.speech.tenant.id]);
    let (lines, days) = read(elsewhere, UsageGroup::Plan).await;
    assert!(lines.is_empty() && days.iter().all(|day| day.cost.0 == 0));
}
