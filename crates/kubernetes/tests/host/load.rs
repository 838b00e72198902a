//! How much is asked of a host, and what happens when the host cannot answer.

use crate::place::{cluster, config, place, sandbox, soon, usable};
use domain::exposure::Exposure;
use futures::{StreamExt, future::join_all};
use kubernetes::KubernetesHosts;
use provisioning::ports::host_clusters::{HostClusters, HostErrorKind, NamespaceState};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_takes_sixteen_requests_at_most_and_looking_takes_none() {
    let host = "ci.clusters.example.com".parse().unwrap();
    for exposure in [
        Exposure::LoadBalancer,
        Exposure::NodePort,
        Exposure::Ingress { host },
        Exposure::PortForward,
    ] {
        let place = place().await;
        let first = cluster("first", Exposure::PortForward);
        // Afterwards the watches run.
        place.hosts.observe(&first).await.unwrap();
        // Nothing runs by itself meanwhile: images cannot be pulled.
        let faults = place.sandbox.faults();
        faults.change(|f| f.workloads.unschedulable = sandbox::faults::Scope::EVERYWHERE);
        let before = faults.kubernetes_requests();
        let cluster = cluster("ci", exposure);
        let seen = place.hosts.observe(&cluster).await.unwrap();
        assert_eq!(seen.namespace, NamespaceState::Missing);
        place.make(&cluster).await.unwrap();
        let seen = place.hosts.observe(&cluster).await.unwrap();
        assert!(seen.objects_current && seen.drift.is_empty(), "{seen:?}");
        let requests = faults.kubernetes_requests() - before;
        assert!(requests <= 16, "{requests} for {:?}", cluster.exposure);

        let before = faults.kubernetes_requests();
        for _ in 0..20 {
            place.hosts.observe(&cluster).await.unwrap();
        }
        assert_eq!(faults.kubernetes_requests(), before);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_fifth_of_all_requests_throttled_every_order_is_applied() {
    let place = place().await;
    place
        .sandbox
        .faults()
        .change(|f| f.kubernetes.throttled_percent = 20);
    let clusters: Vec<_> = (0..6)
        .map(|number| cluster(&format!("ci-{number}"), Exposure::PortForward))
        .collect();
    let made = join_all(clusters.iter().map(|cluster| place.make(cluster)));
    for outcome in soon(made).await {
        outcome.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_api_server_that_starts_is_waited_for_and_no_permission_is_found_missing() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.hosts.make_namespace(&cluster).await.unwrap();
    let faults = place.sandbox.faults();
    let before = faults.kubernetes_requests();
    faults.change(|f| f.kubernetes.starting = true);
    let applied = place.hosts.apply(&cluster);
    let started = async {
        let mut tick = tokio::time::interval(Duration::from_millis(5));
        while faults.kubernetes_requests() < before + 6 {
            tick.tick().await;
        }
        faults.change(|f| f.kubernetes.starting = false);
    };
    let (applied, ()) = soon(async { tokio::join!(applied, started) }).await;
    applied.unwrap();
    place.until(&cluster, usable).await;

    // One that never gets ready is unreachable, and no permission is reported as missing.
    faults.change(|f| f.kubernetes.starting = true);
    let refused = place.hosts.delete(&cluster).await.unwrap_err();
    assert_eq!(
        refused.kind,
        HostErrorKind::Unreachable,
        "{}",
        refused.message
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_answer_after_an_outage_wakes_what_waits_for_the_host() {
    let place = place().await;
    let mut changes = place.hosts.changes();
    let waiting = cluster("waiting", Exposure::PortForward);
    place.hosts.observe(&waiting).await.unwrap();
    let faults = place.sandbox.faults();
    faults.change(|f| f.kubernetes.unreachable = true);
    let lost = place.hosts.observe(&waiting).await;
    let lost = match lost {
        Err(lost) => lost,
        // The connection may have been the last to notice.
        Ok(_) => place.hosts.make_namespace(&waiting).await.unwrap_err(),
    };
    assert_eq!(lost.kind, HostErrorKind::Unreachable, "{}", lost.message);
    faults.change(|f| f.kubernetes.unreachable = false);
    let back = Instant::now();
    soon(async { while changes.next().await != Some(waiting.id) {} }).await;
    assert!(
        back.elapsed() < Duration::from_secs(5),
        "{:?}",
        back.elapsed()
    );
    place.hosts.observe(&waiting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_away_from_the_start_is_looked_at_when_it_comes() {
    let sandbox = sandbox().await;
    sandbox.faults().change(|f| f.kubernetes.unreachable = true);
    let hosts = KubernetesHosts::new(config(&sandbox, sandbox.host_kubeconfig()))
        .await
        .unwrap();
    let cluster = cluster("ci", Exposure::PortForward);
    let mut changes = hosts.changes();
    let away = hosts.observe(&cluster).await.unwrap_err();
    assert_eq!(away.kind, HostErrorKind::Unreachable);
    sandbox
        .faults()
        .change(|f| f.kubernetes.unreachable = false);
    soon(async { while changes.next().await != Some(cluster.id) {} }).await;
    let seen = hosts.observe(&cluster).await.unwrap();
    assert_eq!(seen.namespace, NamespaceState::Missing);
}
