//! What vClusters go through: a broken configuration, a pause, a restart of the sandbox, the end.

use std::time::Duration;

use sandbox::controllers::Pace;
use sandbox::{Sandbox, SandboxOptions};

use crate::host;
use crate::kubectl::Kubectl;
use crate::vcluster::{self, NAMESPACE};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_with_an_unknown_key_crashes_the_syncer_and_says_so() {
    let (_sandbox, kubectl) = host::start().await;
    vcluster::order_changed(&kubectl, "telemetry:", "telemetri:").await;
    let path = "jsonpath={.items[0].status.containerStatuses[0]}";
    let status = kubectl
        .until(
            &format!("get pods -n {NAMESPACE} -l release=demo -o {path}"),
            |answer| answer.stdout.contains("CrashLoopBackOff"),
        )
        .await;
    assert!(
        status.contains("unknown field \\\"telemetri\\\""),
        "{status}"
    );
    let log = kubectl
        .ok(&format!("logs demo-0 -n {NAMESPACE} -c syncer"))
        .await;
    assert!(log.contains("unknown field \"telemetri\""), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_vcluster_comes_back_with_what_was_in_it() {
    let (_sandbox, kubectl, inside, _) = vcluster::start().await;
    inside.create("configmap keepsake --from-literal=a=b").await;
    kubectl
        .ok(&format!(
            "scale statefulset/demo -n {NAMESPACE} --replicas=0"
        ))
        .await;
    kubectl
        .until(
            &format!("get statefulset demo -n {NAMESPACE} -o jsonpath={{.status.replicas}}"),
            |answer| answer.stdout == "0",
        )
        .await;
    inside.fails("get configmaps --request-timeout=5s").await;
    kubectl
        .ok(&format!(
            "scale statefulset/demo -n {NAMESPACE} --replicas=1"
        ))
        .await;
    inside
        .until("get configmap keepsake", |answer| answer.success)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_the_namespace_is_the_end_of_the_vcluster() {
    let (_sandbox, kubectl, inside, _) = vcluster::start().await;
    kubectl
        .ok(&format!("delete namespace {NAMESPACE} --timeout=60s"))
        .await;
    inside.fails("get nodes --request-timeout=5s").await;
    let volumes = kubectl.ok("get persistentvolumes -o name").await;
    assert_eq!(volumes, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clusters_and_kubeconfigs_survive_a_restart_where_there_is_a_data_directory() {
    let directory = tempfile::tempdir().unwrap();
    let start = |port: u16| {
        Sandbox::start(SandboxOptions {
            data_dir: Some(directory.path().join("sandbox")),
            kubernetes_listen: ([127, 0, 0, 1], port).into(),
            pace: Pace::of_unit(Duration::from_millis(5)),
            ..SandboxOptions::default()
        })
    };
    let sandbox = start(0).await.unwrap();
    let kubectl = Kubectl::new(sandbox.host_kubeconfig());
    vcluster::order(&kubectl).await;
    let config = vcluster::kubeconfig(&kubectl).await;
    let inside = Kubectl::new(&config.to_string());
    inside
        .until("get namespaces", |answer| answer.success)
        .await;
    inside.create("configmap keepsake").await;
    let uid = format!("get namespace {NAMESPACE} -o jsonpath={{.metadata.uid}}");
    let before = kubectl.ok(&uid).await;
    let port = sandbox.kubernetes_address().port();
    sandbox.shutdown().await;
    inside.fails("get nodes --request-timeout=5s").await;

    let _sandbox = start(port).await.unwrap();
    assert_eq!(kubectl.ok(&uid).await, before);
    inside
        .until("get configmap keepsake", |answer| answer.success)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_syncer_without_its_rights_crashes_and_names_what_is_missing() {
    let (_sandbox, kubectl) = host::start().await;
    let rule = "resources: [endpoints, pods/log]";
    vcluster::order_changed(&kubectl, rule, "resources: [nothing]").await;
    let log = kubectl
        .until(&format!("logs demo-0 -n {NAMESPACE} -c syncer"), |answer| {
            !answer.stdout.is_empty()
        })
        .await;
    assert!(
        log.contains("cannot get resource \"endpoints\"")
            || log.contains("cannot get resource \"pods/log\""),
        "{log}"
    );
}
