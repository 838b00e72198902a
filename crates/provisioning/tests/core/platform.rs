//! The use cases on host clusters and plans: who may, what is counted, and what the audit log is told.

use domain::{
    access::TenantRole::{Admin, Developer},
    audit::{AuditOutcome, AuditRow},
    cluster::ClusterState,
    exposure::ExposureKind,
    money::MicroDollars,
    order::OrderInput,
    plan::Plan,
    problem::ProblemKind,
};
use scripted::{TestCore, order};
use std::{sync::atomic::Ordering, time::Duration};

async fn checks(core: &TestCore) -> Vec<AuditRow> {
    let mut rows = core.audited().await;
    rows.retain(|row| row.action == "check_host");
    rows
}

#[tokio::test]
async fn a_host_tells_what_is_on_it_and_what_that_costs() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let grace = core.member("grace", "vision", Developer).await;
    let platform = &core.platform;
    let _running = core.reconcile();
    let demo = core.order(&grace, "demo").await;
    core.until(&demo, ClusterState::Ready).await;
    core.hosts.unreachable.store(true, Ordering::SeqCst);
    core.order(&grace, "waiting").await;
    let hosts = platform.host_clusters(&ada).await.unwrap();
    assert_eq!(hosts.len(), 1);
    let host = &hosts[0];
    assert_eq!(host.name, "eu-1");
    assert!(host.configured && host.takes_new_clusters);
    assert_eq!(host.exposures, ExposureKind::ALL);
    assert_eq!(host.clusters, 2);
    // One that is not usable yet costs nothing.
    assert_eq!(host.price_per_hour, MicroDollars(80_000));
}

#[tokio::test]
async fn plans_tell_how_many_clusters_have_them_also_when_they_are_not_offered_any_more() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let grace = core.member("grace", "vision", Developer).await;
    for (name, plan) in [("one", "small"), ("two", "small"), ("three", "large")] {
        let input = OrderInput {
            plan: plan.into(),
            ..order(name)
        };
        core.clusters.create(&grace, input, None).await.unwrap();
    }
    let mut offered = Plan::defaults();
    offered.truncate(2);
    offered[0].pods = 1;
    let plans = core.with_plans(offered).platform.plans(&ada).await.unwrap();
    let told: Vec<_> = plans
        .iter()
        .map(|used| {
            let name = used.plan.name.as_str();
            (name, used.offered, used.clusters, used.clusters_as_before)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("small", true, 2, 2),
            ("medium", true, 0, 0),
            ("large", false, 1, 0),
        ]
    );
    assert_eq!(plans[1].price_in_30_days, MicroDollars(151_200_000));
}

#[tokio::test]
async fn a_check_names_what_is_missing_and_is_recorded() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let platform = &core.platform;
    let check = platform.check_host(&ada, "eu-1").await.unwrap();
    assert_eq!((check.permissions, check.missing.len()), (2, 0));
    assert_eq!(check.next_step, None);

    *core.hosts.withheld.lock().unwrap() = Some("create namespaces");
    let check = platform.check_host(&ada, "eu-1").await.unwrap();
    assert_eq!(check.permissions, 2);
    assert_eq!(check.missing[0].permission, "create namespaces");
    assert_eq!(
        check.missing[0].reason.as_deref(),
        Some("no RBAC policy matched")
    );
    assert!(check.next_step.unwrap().contains("k8s/rbac.yaml"));

    let audited = checks(&core).await;
    let told: Vec<_> = audited
        .iter()
        .map(|row| (row.target.as_str(), row.outcome, row.detail.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("host/eu-1", AuditOutcome::Done, Some("all 2 permissions")),
            (
                "host/eu-1",
                AuditOutcome::Failed,
                Some("1 of 2 permissions is missing")
            ),
        ]
    );
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_told_with_the_way_out() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    core.hosts.unreachable.store(true, Ordering::SeqCst);
    let platform = &core.platform;
    let problem = platform.check_host(&ada, "eu-1").await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unavailable);
    assert!(problem.detail.contains("connection refused"), "{problem}");
    assert_eq!(problem.code, "host_unreachable");
    let audited = checks(&core).await;
    assert_eq!(audited.len(), 1);
    assert_eq!(audited[0].outcome, AuditOutcome::Failed);
}

#[tokio::test]
async fn a_host_that_never_answers_is_not_waited_for() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    core.hosts.hang_at(0, false);
    let platform = core
        .with_plans(Plan::defaults())
        .platform
        .with_patience(Duration::from_millis(100));
    let problem = platform.check_host(&ada, "eu-1").await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unavailable);
    assert_eq!(problem.code, "host_unreachable");
    assert_eq!(checks(&core).await.len(), 1);
}

#[tokio::test]
async fn only_a_host_of_the_configuration_is_asked() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let platform = &core.platform;
    let problem = platform.check_host(&ada, "eu-2").await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotFound);
    assert_eq!(core.hosts.calls(), 0);
    assert!(checks(&core).await.is_empty());
}

#[tokio::test]
async fn others_than_admins_see_nothing_and_their_try_is_recorded() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Admin).await;
    let platform = &core.platform;
    for problem in [
        platform.host_clusters(&grace).await.unwrap_err(),
        platform.plans(&grace).await.unwrap_err(),
        platform.check_host(&grace, "eu-1").await.unwrap_err(),
        platform.check_host(&grace, "eu-2").await.unwrap_err(),
    ] {
        assert_eq!(problem.kind, ProblemKind::Forbidden);
    }
    assert_eq!(core.hosts.calls(), 0);
    let audited = checks(&core).await;
    assert_eq!(audited.len(), 2);
    assert!(
        audited
            .iter()
            .all(|row| row.outcome == AuditOutcome::Refused)
    );
}
