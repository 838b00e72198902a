//! The use cases on clusters, over a real database.

use domain::{
    access::TenantRole::{Admin, Developer, Viewer},
    audit::AuditAction,
    caller::Caller,
    cluster::{Cluster, ClusterQuery, ClusterState},
    event_page::EventQuery,
    failure::Failure,
    order::NameCheck,
    problem::ProblemKind,
};
use scripted::{TestCore, eventually, order};
use secrecy::ExposeSecret;
use std::{
    io,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn an_order_comes_up_and_gives_a_kubeconfig() {
    let core = TestCore::start().await;
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    assert_eq!(cluster.state, ClusterState::Pending);
    core.until(&cluster, ClusterState::Ready).await;
    let kubeconfig = core.clusters.kubeconfig(&grace, cluster.id).await.unwrap();
    assert_eq!(kubeconfig.content.expose_secret(), "current-context: demo");
    let overview = core.overview(&grace).await.unwrap();
    assert_eq!(overview.running, 1);
    let did: Vec<_> = overview.recent.iter().map(|h| h.did.as_str()).collect();
    let expected = [
        AuditAction::ReadKubeconfig,
        AuditAction::ClusterReady,
        AuditAction::OrderCluster,
    ];
    assert_eq!(did, expected.map(AuditAction::phrase));
}

#[tokio::test]
async fn nobody_gets_a_kubeconfig_before_the_cluster_is_ready() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    let refused = core.clusters.kubeconfig(&grace, cluster.id).await;
    assert_eq!(refused.unwrap_err().kind, ProblemKind::NotReady);
    assert_eq!(core.hosts.calls(), 0);
}

#[tokio::test]
async fn foreign_and_missing_clusters_look_the_same() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let linus = core.member("linus", "payments", Admin).await;
    let cluster = core.order(&grace, "demo").await;
    let missing = persistence::new_id();
    for id in [cluster.id, missing] {
        let problems = [
            core.clusters.get(&linus, id).await.unwrap_err(),
            core.clusters
                .events(&linus, id, &EventQuery::default())
                .await
                .unwrap_err(),
            core.clusters.kubeconfig(&linus, id).await.unwrap_err(),
            core.clusters
                .deletion_preview(&linus, id)
                .await
                .unwrap_err(),
            core.clusters.delete(&linus, id, "demo").await.unwrap_err(),
        ];
        for problem in problems {
            assert_eq!(problem, domain::problem::Problem::not_found("cluster"));
        }
    }
    let page = core.clusters.list(&linus, ClusterQuery::default()).await;
    assert_eq!(page.unwrap().total, 0);
}

#[tokio::test]
async fn a_viewer_sees_and_does_nothing() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let maya = core.member("maya", "vision", Viewer).await;
    let cluster = core.order(&grace, "demo").await;
    let seen = core.clusters.get(&maya, cluster.id).await.unwrap();
    assert!(!seen.allowed.delete && !seen.allowed.kubeconfig);
    for problem in [
        core.clusters
            .create(&maya, order("other"), None)
            .await
            .unwrap_err(),
        core.clusters
            .kubeconfig(&maya, cluster.id)
            .await
            .unwrap_err(),
        core.clusters
            .delete(&maya, cluster.id, "demo")
            .await
            .unwrap_err(),
    ] {
        assert_eq!(problem.kind, ProblemKind::Forbidden, "{problem}");
    }
    let options = core.clusters.create_options(&maya).await.unwrap();
    assert!(options.tenants.is_empty());
}

#[tokio::test]
async fn an_order_into_a_foreign_tenant_is_refused_beside_the_field() {
    let core = TestCore::start().await;
    let linus = core.member("linus", "payments", Developer).await;
    let problem = core
        .clusters
        .create(&linus, order("demo"), None)
        .await
        .unwrap_err();
    assert!(problem.field("tenant").is_some());
}

#[tokio::test]
async fn the_same_key_orders_once_and_a_changed_order_under_it_is_refused() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let first = core
        .clusters
        .create(&grace, order("demo"), Some("k1"))
        .await
        .unwrap();
    let again = core
        .clusters
        .create(&grace, order("demo"), Some("k1"))
        .await
        .unwrap();
    assert!(!first.replayed && again.replayed);
    assert_eq!(first.cluster.id, again.cluster.id);
    let other = core
        .clusters
        .create(&grace, order("other"), Some("k1"))
        .await;
    assert_eq!(other.unwrap_err().kind, ProblemKind::IdempotencyKeyReused);
    let bad = core
        .clusters
        .create(&grace, order("third"), Some("with space"))
        .await;
    assert!(bad.unwrap_err().field("Idempotency-Key").is_some());
}

#[tokio::test]
async fn of_fifty_orders_for_one_name_exactly_one_wins() {
    let core = Arc::new(TestCore::start().await);
    let grace = core.member("grace", "vision", Developer).await;
    let attempts = (0..50).map(|_| {
        let (core, grace) = (Arc::clone(&core), grace.clone());
        tokio::spawn(async move { core.clusters.create(&grace, order("demo"), None).await })
    });
    let mut won = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(_) => won += 1,
            Err(problem) => {
                assert_eq!(problem.kind, ProblemKind::Conflict, "{problem:?}");
                assert!(problem.field("name").is_some());
            }
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_taken_name_comes_with_a_free_one_close_to_it() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    core.order(&grace, "demo").await;
    core.order(&grace, "demo-2").await;
    let check = core.clusters.check_name(&grace, "demo").await.unwrap();
    assert_eq!(
        check,
        NameCheck::Taken {
            suggestion: Some("demo-3".into())
        }
    );
    let check = core.clusters.check_name(&grace, "other").await.unwrap();
    assert_eq!(check, NameCheck::Free);
}

#[tokio::test]
async fn a_deletion_needs_the_name_and_ends_when_nothing_is_left() {
    let core = TestCore::start().await;
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    core.until(&cluster, ClusterState::Ready).await;
    let refused = core.clusters.delete(&grace, cluster.id, "dem").await;
    assert!(refused.unwrap_err().field("confirmation").is_some());
    let deleting = core.clusters.delete(&grace, cluster.id, "demo").await;
    assert_eq!(deleting.unwrap().state, ClusterState::Deleting);
    core.until(&cluster, ClusterState::Deleted).await;
    assert!(core.hosts.namespaces().is_empty());
    assert!(core.clusters.get(&grace, cluster.id).await.is_err());
    // Its name is free again.
    core.order(&grace, "demo").await;
}

/// The failure of a cluster, once it is shown.
async fn shown_failure(core: &TestCore, caller: &Caller, cluster: &Cluster) -> Failure {
    eventually(async || {
        let cluster = core.clusters.get(caller, cluster.id).await.unwrap();
        cluster.failure.ok_or(cluster.state)
    })
    .await
}

#[tokio::test]
async fn orders_are_accepted_while_the_host_does_not_answer_and_made_when_it_does() {
    let core = TestCore::start().await;
    core.hosts.unreachable.store(true, Ordering::SeqCst);
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    let failure = shown_failure(&core, &grace, &cluster).await;
    assert!(failure.retrying);
    assert!(failure.message.contains("does not answer"));
    core.hosts.heal();
    core.until(&cluster, ClusterState::Ready).await;
}

#[tokio::test]
async fn a_cluster_is_looked_at_again_soon_though_nothing_is_announced() {
    let core = TestCore::start().await;
    core.hosts.silent_looks.store(5, Ordering::SeqCst);
    // A claim that is held for long must not be what the next look waits for.
    let reconciler = core.reconciler().with_lease(Duration::from_secs(300));
    let stop = CancellationToken::new();
    let _guard = stop.clone().drop_guard();
    tokio::spawn(async move { reconciler.run(stop).await });
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    core.until(&cluster, ClusterState::Ready).await;
}

#[tokio::test]
async fn a_namespace_of_somebody_else_is_left_alone() {
    let core = TestCore::start().await;
    core.hosts.occupy("vcluster-demo");
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    core.until(&cluster, ClusterState::Failed).await;
    core.clusters
        .delete(&grace, cluster.id, "demo")
        .await
        .unwrap();
    core.until(&cluster, ClusterState::Deleted).await;
    assert_eq!(core.hosts.namespaces(), ["vcluster-demo"]);
    assert_eq!(core.hosts.applies.load(Ordering::SeqCst), 0);
}

/// What is logged while the guard lives, on this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn every_line_about_a_pass_names_the_cluster_its_operation_and_the_attempt() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let core = TestCore::start().await;
    core.hosts.unreachable.store(true, Ordering::SeqCst);
    let _running = core.reconcile();
    let grace = core.member("grace", "vision", Developer).await;
    let cluster = core.order(&grace, "demo").await;
    shown_failure(&core, &grace, &cluster).await;
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let line = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|line| line["span"]["name"] == "pass")
        .unwrap_or_else(|| panic!("no line of a pass in:\n{log}"));
    let span = &line["span"];
    assert_eq!(span["name"], "pass");
    assert_eq!(span["kind"], "cluster");
    assert_eq!(span["resource_id"], cluster.id.to_string());
    assert_eq!(span["operation_id"], cluster.operation.id.to_string());
    assert_eq!(span["attempt"], 1);
}
