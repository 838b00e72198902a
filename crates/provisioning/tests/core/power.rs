//! Pausing and resuming: asked for in the portal, done on the host, charged, limited, and survived.

use crate::crashes::dies_at;
use domain::{
    access::TenantRole::{Developer, Viewer},
    audit::AuditAction,
    cluster::{Cluster, ClusterState, PowerCause},
    drift::{Drift, DriftChange},
    money::MicroDollars,
    problem::ProblemKind,
    schedule::{DAYS, Schedule, ScheduleInput},
    tenancy::EnvironmentLimits,
    usage::UsageState,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use persistence::{audit_records::AuditEntry, records::ClusterChange};
use provisioning::ports::host_clusters::Stopped;
use scripted::TestCore;

const RUNNING: UsageState = UsageState::Running;
const PAUSED: UsageState = UsageState::Paused;

async fn audited(core: &TestCore, action: AuditAction) -> Vec<Option<String>> {
    let audited = core.audited().await;
    let of = audited
        .into_iter()
        .filter(|row| row.action == action.as_str());
    of.map(|row| row.detail).collect()
}

fn price(cluster: &Cluster, state: UsageState) -> Option<MicroDollars> {
    Some(cluster.plan.price(state))
}

#[tokio::test]
async fn a_paused_cluster_stays_paused_costs_less_and_is_resumed_by_a_user() {
    let core = TestCore::start().await;
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let viewer = core.member("maya", "vision", Viewer).await;
    let cluster = core.order(&grace, "demo").await;
    let early = core.clusters.pause(&grace, cluster.id).await.unwrap_err();
    assert_eq!(early.kind, ProblemKind::Conflict, "not ready yet");
    core.until(&cluster, ClusterState::Ready).await;

    let refused = core.clusters.pause(&viewer, cluster.id).await.unwrap_err();
    assert_eq!(refused.kind, ProblemKind::Forbidden);
    let pausing = core.clusters.pause(&grace, cluster.id).await.unwrap();
    assert_eq!(pausing.state, ClusterState::Pausing);
    core.until(&cluster, ClusterState::Paused).await;
    // Once more is no error, and no second request.
    let seen = core.clusters.pause(&grace, cluster.id).await.unwrap();
    assert_eq!(seen.cost.price_per_hour, price(&cluster, PAUSED));
    assert!(seen.cost.charged && seen.operation.finished_at.is_some());
    assert!(seen.allowed.resume && !seen.allowed.pause && !seen.allowed.kubeconfig);
    let name = "grace".to_owned();
    assert_eq!(seen.power.clone().unwrap().by, PowerCause::User { name });
    assert_eq!(core.hosts.workloads(&cluster), 0);
    let connect = core.clusters.kubeconfig(&grace, cluster.id).await;
    assert_eq!(connect.unwrap_err().kind, ProblemKind::NotReady);

    let resuming = core.clusters.resume(&grace, cluster.id).await.unwrap();
    assert_eq!(resuming.state, ClusterState::Resuming);
    assert_eq!(resuming.cost.price_per_hour, price(&cluster, RUNNING));
    core.until(&cluster, ClusterState::Ready).await;
    core.clusters.resume(&grace, cluster.id).await.unwrap();
    for action in [AuditAction::PauseCluster, AuditAction::ResumeCluster] {
        let entries = audited(&core, action).await;
        // One was refused to the viewer.
        let expected = 1 + usize::from(action == AuditAction::PauseCluster);
        assert_eq!(entries.len(), expected, "{action:?}");
    }
}

#[tokio::test]
async fn what_the_vcluster_command_line_does_on_the_host_holds_in_the_portal() {
    let core = TestCore::start().await;
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    core.until(&cluster, ClusterState::Ready).await;
    let set = Drift {
        object: "StatefulSet/demo".into(),
        change: DriftChange::Changed,
        fields: vec!["spec.replicas".into()],
        isolation: false,
    };
    core.hosts
        .change(&cluster, vec![set], Some(Stopped::PausedOnHost));
    core.until(&cluster, ClusterState::Paused).await;
    let seen = core.clusters.get(&grace, cluster.id).await.unwrap();
    assert_eq!(seen.power.clone().unwrap().by, PowerCause::Host);
    assert_eq!(seen.cost.price_per_hour, price(&cluster, PAUSED));

    core.hosts.change(&cluster, Vec::new(), None);
    core.until(&cluster, ClusterState::Ready).await;
    let seen = core.clusters.get(&grace, cluster.id).await.unwrap();
    let power = seen.power.clone().unwrap();
    assert_eq!((power.paused, power.by), (false, PowerCause::Host));
    assert_eq!(seen.cost.price_per_hour, price(&cluster, RUNNING));
    for action in [AuditAction::PauseCluster, AuditAction::ResumeCluster] {
        assert!(audited(&core, action).await.iter().all(Option::is_some));
        assert_eq!(audited(&core, action).await.len(), 1, "{action:?}");
    }
}

#[tokio::test]
async fn a_cluster_is_resumed_within_the_limits_of_its_environment() {
    let core = TestCore::start().await;
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let ada = core.admin("ada").await;
    let first = core.order(&grace, "first").await;
    core.until(&first, ClusterState::Ready).await;
    core.clusters.pause(&grace, first.id).await.unwrap();
    core.until(&first, ClusterState::Paused).await;
    let tenant = core.tenants.get(&ada, "vision").await.unwrap();
    let environment = &tenant.environments[0];
    // Room for what is paused and for one that runs, but not for two.
    let limits = EnvironmentLimits {
        max_price_per_hour: Some(first.plan.price(RUNNING) + first.plan.price(PAUSED)),
        ..EnvironmentLimits::default()
    };
    let (id, version) = (environment.environment.id, environment.version);
    let limited = core
        .tenants
        .set_limits(&ada, tenant.tenant.id, id, limits, version);
    limited.await.unwrap();
    let second = core.order(&grace, "second").await;
    core.until(&second, ClusterState::Ready).await;
    let refused = core.clusters.resume(&grace, first.id).await.unwrap_err();
    assert_eq!(refused.code, "limit_reached");
    let still = core.clusters.get(&grace, first.id).await.unwrap();
    assert_eq!(still.state, ClusterState::Paused);
    core.clusters.pause(&grace, second.id).await.unwrap();
    core.until(&second, ClusterState::Paused).await;
    core.clusters.resume(&grace, first.id).await.unwrap();
    core.until(&first, ClusterState::Ready).await;
}

#[tokio::test]
async fn a_schedule_pauses_a_cluster_until_a_user_resumes_it() {
    let core = TestCore::start().await;
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let viewer = core.member("maya", "vision", Viewer).await;
    let cluster = core.order(&grace, "demo").await;
    core.until(&cluster, ClusterState::Ready).await;
    let input = ScheduleInput {
        pause_at: "19:00".into(),
        time_zone: "Europe/Berlin".into(),
        ..ScheduleInput::default()
    };
    let refused = core
        .clusters
        .set_schedule(&viewer, cluster.id, &input)
        .await;
    assert_eq!(refused.unwrap_err().kind, ProblemKind::Forbidden);
    let set = core.clusters.set_schedule(&grace, cluster.id, &input).await;
    let set = set.unwrap();
    assert_eq!(
        set.state,
        ClusterState::Ready,
        "what was before is not made up for"
    );

    // As if it had been set yesterday, with a time that has just passed.
    let now = Timestamp::now();
    let passed = (now - SignedDuration::from_mins(1)).to_zoned(TimeZone::UTC);
    let schedule = Schedule {
        days: DAYS.map(|(name, _)| name.to_owned()).to_vec(),
        pause_at: Some(passed.strftime("%H:%M").to_string()),
        time_zone: "UTC".into(),
        since: now - SignedDuration::from_hours(20),
        ..set.schedule.clone().unwrap()
    };
    let audit = AuditEntry::by(&grace, AuditAction::ChangeSchedule, now, "cluster", "demo");
    let clusters = core.database.clusters();
    let change = ClusterChange::Schedule(Some(schedule));
    let current = core.clusters.get(&grace, cluster.id).await.unwrap();
    let changed = clusters.change(cluster.id, current.version, change, audit);
    changed.await.unwrap();
    core.until(&cluster, ClusterState::Paused).await;
    let seen = core.clusters.get(&grace, cluster.id).await.unwrap();
    assert_eq!(seen.power.clone().unwrap().by, PowerCause::Schedule);
    core.clusters.resume(&grace, cluster.id).await.unwrap();
    core.until(&cluster, ClusterState::Ready).await;
    let seen = core.clusters.get(&grace, cluster.id).await.unwrap();
    assert!(!seen.power.clone().unwrap().paused);
    let details = audited(&core, AuditAction::PauseCluster).await;
    assert_eq!(details, [Some("by its schedule".to_owned())]);
}

#[tokio::test]
async fn pausing_and_resuming_survive_an_end_at_every_call() {
    for after_effect in [false, true] {
        for call in 0.. {
            let core = TestCore::start().await;
            let grace = core.member("grace", "vision", Developer).await;
            let cluster = core.order(&grace, "demo").await;
            {
                let _running = core.reconcile();
                core.until(&cluster, ClusterState::Ready).await;
            }
            core.clusters.pause(&grace, cluster.id).await.unwrap();
            let mut died = dies_at(&core, call, after_effect).await;
            {
                let _running = core.reconcile();
                core.until(&cluster, ClusterState::Paused).await;
                assert_eq!(core.hosts.workloads(&cluster), 0);
            }
            core.clusters.resume(&grace, cluster.id).await.unwrap();
            died |= dies_at(&core, call, after_effect).await;
            let _running = core.reconcile();
            core.until(&cluster, ClusterState::Ready).await;
            assert_eq!(core.hosts.namespaces(), ["vcluster-demo"]);
            if !died {
                assert!(call > 2, "the reconciler made only {call} calls");
                break;
            }
        }
    }
}
