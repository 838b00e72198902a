//! What only clusters have.

use crate::{administration::limits::limit, backend::Backend, fixtures::*};
use domain::{
    audit::AuditAction,
    caller::TenantScope,
    cluster::{ClusterKind, ClusterState, PowerCause, PowerChange},
    money::MicroDollars,
    operation::{Operation, OperationKind},
    tenancy::EnvironmentLimits,
    usage::UsageState,
};
use persistence::{
    new_id,
    records::{ClusterChange, ClusterChangeStored, ClusterRecord, NewCluster, OrderStored},
};

on_both_databases!(
    a_name_is_taken_on_its_host_until_the_cluster_is_gone,
    a_paused_cluster_is_charged_less_and_resumed_within_limits,
);

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
    bring_to(database, &first, ClusterState::Deleted, after(20)).await;
    assert!(
        !database
            .clusters()
            .name_taken(HOST, &first.name)
            .await
            .unwrap()
    );
    created(database, &again).await;

    let mut elsewhere = world.order("payments-ci");
    elsewhere.details.host = "host-b".into();
    created(database, &elsewhere).await;
}

async fn change(
    backend: &Backend,
    order: &NewCluster,
    version: i64,
    paused: bool,
) -> ClusterChangeStored {
    let at = after(100);
    let by = PowerCause::Host;
    let power = PowerChange { paused, at, by };
    let begin = |kind| Operation::begin(new_id(), kind, at);
    let (action, change) = match paused {
        true => (
            AuditAction::PauseCluster,
            ClusterChange::Pause(power, begin(OperationKind::PauseCluster)),
        ),
        false => (
            AuditAction::ResumeCluster,
            ClusterChange::Resume(power, begin(OperationKind::ResumeCluster)),
        ),
    };
    let clusters = backend.database.clusters();
    let audit = audit_of(order, action);
    let stored = clusters.change(order.id, version, change, audit);
    stored.await.unwrap()
}

fn changed(stored: ClusterChangeStored) -> ClusterRecord {
    match stored {
        ClusterChangeStored::Changed(record) => *record,
        other => panic!("not changed: {other:?}"),
    }
}

async fn a_paused_cluster_is_charged_less_and_resumed_within_limits(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let mut order = world.order("payments-ci");
    let plan = &mut order.details.plan;
    plan.paused_price_per_hour = MicroDollars(10_000);
    let (running, paused) = (
        plan.price(UsageState::Running),
        plan.price(UsageState::Paused),
    );
    created::<ClusterKind>(database, &order).await;
    let ready = bring_to(database, &order, ClusterState::Ready, after(0)).await;

    let stale = change(backend, &order, ready.version - 1, true).await;
    assert!(matches!(stale, ClusterChangeStored::Stale));
    let pausing = changed(change(backend, &order, ready.version, true).await);
    assert_eq!(pausing.state, ClusterState::Pausing);
    assert_eq!(pausing.price_per_hour, running, "until it is paused");
    let claim = claim_one::<ClusterKind>(database, noon()).await;
    let mut progress = as_it_is(&claim.record);
    progress.state = ClusterState::Paused;
    progress.findings.charged = Some(UsageState::Paused);
    progress.findings.at = after(3600);
    assert!(record(database, &claim, progress).await);
    let asleep = read(database, &order).await;
    assert_eq!((asleep.price_per_hour, asleep.spent), (paused, running));
    assert_eq!(asleep.charged_since, Some(after(3600)));
    let costs = database
        .clusters()
        .costs(&TenantScope::All, month(), after(7200))
        .await
        .unwrap();
    assert_eq!(
        (costs.price_per_hour, costs.spent),
        (paused, running + paused)
    );

    let at_most = |price| EnvironmentLimits {
        max_price_per_hour: Some(price),
        ..EnvironmentLimits::default()
    };
    limit(backend, &world, at_most(paused)).await;
    let refused = change(backend, &order, asleep.version, false).await;
    assert!(matches!(refused, ClusterChangeStored::LimitReached(_)));
    assert_eq!(read(database, &order).await, asleep, "nothing was written");
    limit(backend, &world, at_most(running)).await;
    let resuming = changed(change(backend, &order, asleep.version, false).await);
    assert_eq!(resuming.state, ClusterState::Resuming);
    assert_eq!(resuming.price_per_hour, running);
    let open = "SELECT COUNT(*) FROM usage WHERE ended_at IS NULL AND state = 'running'";
    assert_eq!(backend.count(open).await, 1);
    let closed = "SELECT COUNT(*) FROM usage WHERE ended_at IS NOT NULL";
    assert_eq!(backend.count(closed).await, 2);
}
