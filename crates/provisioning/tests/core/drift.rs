//! What is changed on the host outside the portal: put right, shown, restored on request, and audited.

use domain::{
    access::TenantRole::{Developer, Viewer},
    audit::AuditAction,
    cluster::{Cluster, ClusterState},
    drift::{Drift, DriftChange},
    failure::FailureCode,
    problem::ProblemKind,
};
use provisioning::ports::host_clusters::Stopped;
use scripted::{TestCore, eventually};

fn drift(object: &str, isolation: bool) -> Drift {
    Drift {
        object: object.into(),
        change: DriftChange::Changed,
        fields: vec!["spec.egress".into()],
        isolation,
    }
}

/// Waits until the stored cluster is so.
async fn until(core: &TestCore, cluster: &Cluster, good: impl Fn(&Cluster) -> bool) -> Cluster {
    let reader = core.member("reader", "vision", Viewer).await;
    eventually(async || {
        let found = core.clusters.get(&reader, cluster.id).await.unwrap();
        if good(&found) { Ok(found) } else { Err(found) }
    })
    .await
}

async fn times(core: &TestCore, action: AuditAction) -> usize {
    let audited = core.audited().await;
    let of = audited.iter().filter(|row| row.action == action.as_str());
    of.count()
}

#[tokio::test]
async fn opened_isolation_is_closed_at_once_and_both_audited_and_shown() {
    let core = TestCore::start().await;
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    core.until(&cluster, ClusterState::Ready).await;
    let policy = drift("NetworkPolicy/vc-work-demo", true);
    core.hosts.change(&cluster, vec![policy.clone()], None);
    let seen = until(&core, &cluster, |cluster| {
        cluster.drift.restored.is_some() && cluster.drift.found.is_empty()
    })
    .await;
    assert_eq!(seen.state, ClusterState::Ready);
    assert_eq!(seen.drift.restored.as_ref().unwrap().objects, [policy]);
    let audited = core.audited().await;
    let entry = audited.last().unwrap();
    assert_eq!(entry.action, AuditAction::DriftRestored.as_str());
    let detail = entry.detail.as_deref().unwrap();
    assert!(detail.contains("NetworkPolicy/vc-work-demo") && detail.contains("spec.egress"));
}

#[tokio::test]
async fn other_changes_are_shown_once_and_restored_by_those_who_may() {
    let core = TestCore::start().await;
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let viewer = core.member("maya", "vision", Viewer).await;
    let cluster = core.order(&grace, "demo").await;
    core.until(&cluster, ClusterState::Ready).await;
    let image = drift("StatefulSet/demo", false);
    core.hosts.change(&cluster, vec![image.clone()], None);
    let seen = until(&core, &cluster, |cluster| !cluster.drift.found.is_empty()).await;
    assert_eq!(seen.state, ClusterState::Ready);
    assert!(!seen.allowed.restore, "of a viewer");
    assert_eq!(times(&core, AuditAction::DriftFound).await, 1);
    core.hosts.change(&cluster, vec![image], None);

    let refused = core.clusters.restore(&viewer, cluster.id).await;
    assert_eq!(refused.unwrap_err().kind, ProblemKind::Forbidden);
    let restoring = core.clusters.restore(&grace, cluster.id).await.unwrap();
    assert!(restoring.operation.finished_at.is_none());
    // Once more is no error, and no second request.
    core.clusters.restore(&grace, cluster.id).await.unwrap();
    until(&core, &cluster, |cluster| {
        cluster.drift.found.is_empty() && cluster.operation.finished_at.is_some()
    })
    .await;
    assert_eq!(times(&core, AuditAction::DriftFound).await, 1);
    assert_eq!(times(&core, AuditAction::DriftRestored).await, 1);
}

#[tokio::test]
async fn a_cluster_that_was_scaled_to_zero_says_so_and_is_started_on_request() {
    let core = TestCore::start().await;
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    core.until(&cluster, ClusterState::Ready).await;
    let set = drift("StatefulSet/demo", false);
    core.hosts
        .change(&cluster, vec![set], Some(Stopped::ScaledToZero));
    core.until(&cluster, ClusterState::Degraded).await;
    let seen = core.clusters.get(&grace, cluster.id).await.unwrap();
    assert_eq!(seen.failure.unwrap().code, FailureCode::Stopped);
    core.clusters.restore(&grace, cluster.id).await.unwrap();
    core.until(&cluster, ClusterState::Ready).await;
}

#[tokio::test]
async fn a_cluster_that_is_being_created_or_deleted_cannot_be_restored() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    let refused = core.clusters.restore(&grace, cluster.id).await.unwrap_err();
    assert_eq!(refused.kind, ProblemKind::Conflict);
    core.clusters
        .delete(&grace, cluster.id, "demo")
        .await
        .unwrap();
    let refused = core.clusters.restore(&grace, cluster.id).await.unwrap_err();
    assert_eq!(refused.kind, ProblemKind::Conflict);
}
