//! Failures on a host, and how they are reported.

use crate::place::{Place, client, cluster, config, place, sandbox, usable};
use domain::{exposure::Exposure, failure::FailureCode};
use k8s_openapi::api::core::v1::ResourceQuota;
use kube::{Api, api::PostParams};
use kubernetes::KubernetesHosts;
use provisioning::ports::host_clusters::{
    HostClusters, HostErrorKind, Observation, Trouble, VirtualCluster,
};
use sandbox::faults::{FailNext, FaultSettings, Scope};
use serde_json::json;
use std::time::Duration;

async fn wrong(change: impl FnOnce(&mut FaultSettings)) -> (Place, VirtualCluster) {
    let place = place().await;
    place.sandbox.faults().change(change);
    let cluster = cluster("ci", Exposure::LoadBalancer);
    place.make(&cluster).await.unwrap();
    (place, cluster)
}

fn lasting(trouble: Option<&Trouble>, code: FailureCode) -> bool {
    trouble.is_some_and(|trouble| trouble.code == code && trouble.lasting)
}

fn of_pod(seen: &Observation) -> Option<&Trouble> {
    seen.pod.as_ref().and_then(|pod| pod.trouble.as_ref())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_that_cannot_be_pulled_is_named_and_the_cluster_recovers() {
    let (place, cluster) = wrong(|f| f.workloads.image_pull = Scope::EVERYWHERE).await;
    let seen = place
        .until(&cluster, |seen| {
            lasting(of_pod(seen), FailureCode::ImagePull)
        })
        .await;
    let pod = seen.pod.unwrap();
    assert!(pod.trouble.unwrap().message.contains("ghcr.io/loft-sh/"));
    assert!(!pod.images_pulled && pod.pulling.is_some());
    place.sandbox.faults().replace(FaultSettings::default());
    place.until(&cluster, usable).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unschedulable_pod_has_the_schedulers_message() {
    let (place, cluster) = wrong(|f| f.workloads.unschedulable = Scope::EVERYWHERE).await;
    let seen = place
        .until(&cluster, |seen| {
            lasting(of_pod(seen), FailureCode::Unschedulable)
        })
        .await;
    let pod = seen.pod.unwrap();
    assert_eq!(pod.node, None);
    assert!(pod.trouble.unwrap().message.contains("nodes are available"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_control_plane_that_ends_at_once_tells_its_exit_code() {
    let (place, cluster) = wrong(|f| f.workloads.crash_loop = Scope::EVERYWHERE).await;
    let seen = place
        .until(&cluster, |seen| {
            lasting(of_pod(seen), FailureCode::CrashLoop)
        })
        .await;
    let message = seen.pod.unwrap().trouble.unwrap().message;
    assert!(message.contains("exited with code"), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_load_balancer_is_reported() {
    let (place, cluster) = wrong(|f| f.workloads.no_load_balancer = Scope::EVERYWHERE).await;
    let seen = place
        .until(&cluster, |seen| {
            lasting(seen.trouble.as_ref(), FailureCode::NoAddress)
        })
        .await;
    assert_eq!(seen.endpoint, None);
    let early = place.hosts.kubeconfig(&cluster).await.unwrap_err();
    assert_eq!(early.kind, HostErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_that_refuses_the_pod_is_reported() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::LoadBalancer);
    place.hosts.make_namespace(&cluster).await.unwrap();
    let quota: ResourceQuota = serde_json::from_value(json!({
        "metadata": {"name": "none"}, "spec": {"hard": {"count/pods": "0"}},
    }))
    .unwrap();
    let namespace = cluster.name.namespace();
    let quotas: Api<ResourceQuota> = Api::namespaced(place.client.clone(), &namespace);
    quotas.create(&PostParams::default(), &quota).await.unwrap();
    place.hosts.apply(&cluster).await.unwrap();
    let seen = place
        .until_looked(&cluster, |seen| {
            lasting(seen.trouble.as_ref(), FailureCode::QuotaExceeded)
        })
        .await;
    let message = seen.trouble.unwrap().message;
    assert!(message.contains("exceeded quota: none"), "{message}");
    assert_eq!(seen.pod, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_gone_slow_or_failing_is_unreachable() {
    let sandbox = sandbox().await;
    let mut config = config(&sandbox, sandbox.host_kubeconfig());
    config.timeouts.answer = Duration::from_millis(300);
    let hosts = KubernetesHosts::new(config).await.unwrap();
    let cluster = cluster("ci", Exposure::LoadBalancer);
    let faults = sandbox.faults();

    faults.change(|f| {
        f.kubernetes.fail_next = Some(FailNext {
            requests: 1,
            status: 503,
        })
    });
    let failing = hosts.make_namespace(&cluster).await.unwrap_err();
    assert_eq!(
        failing.kind,
        HostErrorKind::Unreachable,
        "{}",
        failing.message
    );

    faults.replace(FaultSettings::default());
    faults.change(|f| f.kubernetes.latency_ms = 5000);
    let slow = hosts.make_namespace(&cluster).await.unwrap_err();
    assert_eq!(slow.kind, HostErrorKind::Unreachable);
    assert!(
        slow.message.contains("within 0.3 seconds"),
        "{}",
        slow.message
    );

    faults.replace(FaultSettings::default());
    faults.change(|f| f.kubernetes.unreachable = true);
    let gone = hosts.observe(&cluster).await.unwrap_err();
    assert_eq!(gone.kind, HostErrorKind::Unreachable, "{}", gone.message);
    assert!(gone.message.contains("“sandbox”"), "{}", gone.message);

    faults.replace(FaultSettings::default());
    hosts.make_namespace(&cluster).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_credential_is_reported_as_such() {
    let sandbox = sandbox().await;
    let kubeconfig = crate::rights::with_token(sandbox.host_kubeconfig(), "no-such-token");
    let hosts = KubernetesHosts::new(config(&sandbox, &kubeconfig))
        .await
        .unwrap();
    let cluster = cluster("ci", Exposure::LoadBalancer);
    let refused = hosts.observe(&cluster).await.unwrap_err();
    assert_eq!(
        refused.kind,
        HostErrorKind::Unauthorized,
        "{}",
        refused.message
    );
    assert!(!refused.message.contains("no-such-token"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_not_configured_is_named() {
    let sandbox = sandbox().await;
    let hosts = KubernetesHosts::new(config(&sandbox, sandbox.host_kubeconfig()))
        .await
        .unwrap();
    let mut cluster = cluster("ci", Exposure::LoadBalancer);
    cluster.host = "elsewhere".into();
    let error = hosts.observe(&cluster).await.unwrap_err();
    assert_eq!(error.kind, HostErrorKind::UnknownHost);
    assert!(error.message.contains("elsewhere"));
    // The other host works with the same configuration.
    drop(client(sandbox.host_kubeconfig()).await);
    assert_eq!(hosts.hosts()[0].name, "sandbox");
}
