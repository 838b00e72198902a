//! StatefulSets and Deployments.

use sandbox::kubernetes::resources::{
    DEPLOYMENTS, PERSISTENT_VOLUME_CLAIMS, PODS, REPLICA_SETS, STATEFUL_SETS,
};
use sandbox::kubernetes::{Change, ChangeKind, Delete, Key, object};
use serde_json::{Value, json};

use crate::cluster::{NAMESPACE, is_ready, next, pod_key, with_nodes, without_nodes};

/// The change as the recording keeps it.
fn recorded(change: &Change) -> Value {
    let kind = match change.kind {
        ChangeKind::Created => "ADDED",
        ChangeKind::Updated { .. } => "MODIFIED",
        ChangeKind::Deleted => "DELETED",
    };
    let mut status = change.object["status"].clone();
    status
        .as_object_mut()
        .unwrap()
        .retain(|field, _| !field.ends_with("Revision"));
    json!({
        "type": kind,
        "generation": change.object["metadata"]["generation"],
        "replicas": change.object["spec"]["replicas"],
        "status": status,
    })
}

#[tokio::test]
async fn a_stateful_set_goes_through_the_states_of_a_real_one() {
    let recording: Vec<Value> =
        serde_json::from_str(include_str!("statefulset-watch-1.36.json")).unwrap();
    let cluster = without_nodes();
    let mut feed = cluster.watch(STATEFUL_SETS);
    let key = cluster.stateful_set();
    for (number, expected) in recording.iter().enumerate() {
        let change = next(&mut feed).await;
        assert_eq!(recorded(&change), *expected, "change {number}");
        // The recording's client did by hand what kubelets do.
        let replicas = expected["status"]["replicas"].as_i64().unwrap();
        let updated = expected["status"]["updatedReplicas"].as_i64();
        let ready = expected["status"]["readyReplicas"].as_i64();
        match (expected["replicas"].as_i64().unwrap(), replicas, ready) {
            (1, 1, None) => {
                cluster
                    .store
                    .modify(&pod_key("demo-0"), |pod| {
                        pod["spec"]["nodeName"] = "node-1".into();
                        pod["status"]["conditions"] = json!([{"type": "Ready", "status": "True"}]);
                    })
                    .unwrap();
            }
            (1, 1, Some(1)) => {
                cluster
                    .store
                    .modify(&key, |set| set["spec"]["replicas"] = 0.into())
                    .unwrap();
            }
            (0, 1, Some(1)) if updated.is_none() => {
                let now = Delete {
                    grace_seconds: Some(0),
                    ..Delete::default()
                };
                cluster.store.delete(&pod_key("demo-0"), &now).unwrap();
            }
            (0, 0, None) if expected["type"] == "MODIFIED" => {
                cluster.store.delete(&key, &Delete::default()).unwrap();
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn its_pod_has_the_names_labels_and_claim_of_a_real_one() {
    let cluster = without_nodes();
    cluster.stateful_set();
    let pod = cluster.until(&pod_key("demo-0"), |_| true).await;
    assert_eq!(
        object::label(&pod, "statefulset.kubernetes.io/pod-name"),
        Some("demo-0")
    );
    assert_eq!(
        object::label(&pod, "apps.kubernetes.io/pod-index"),
        Some("0")
    );
    assert_eq!(object::label(&pod, "release"), Some("demo"));
    assert!(
        object::label(&pod, "controller-revision-hash").is_some_and(|h| h.starts_with("demo-"))
    );
    assert_eq!(object::annotation(&pod, "vClusterConfigHash"), Some("0123"));
    assert_eq!(pod["spec"]["hostname"], "demo-0");
    assert_eq!(pod["spec"]["subdomain"], "demo-headless");
    assert_eq!(
        pod["spec"]["volumes"][0],
        json!({"name": "data", "persistentVolumeClaim": {"claimName": "data-demo-0"}})
    );
    let claim = Key::new(PERSISTENT_VOLUME_CLAIMS, NAMESPACE, "data-demo-0");
    let claim = cluster.until(&claim, |_| true).await;
    assert_eq!(object::finalizers(&claim), ["kubernetes.io/pvc-protection"]);
    assert_eq!(object::label(&claim, "app"), Some("vcluster"));
}

#[tokio::test]
async fn a_changed_template_replaces_the_pod_and_keeps_its_claim() {
    let cluster = with_nodes();
    let key = cluster.stateful_set();
    let first = cluster.until(&pod_key("demo-0"), is_ready).await;
    let claim = Key::new(PERSISTENT_VOLUME_CLAIMS, NAMESPACE, "data-demo-0");
    let kept = cluster
        .until(&claim, |c| c["status"]["phase"] == "Bound")
        .await;
    cluster
        .store
        .modify(&key, |set| {
            set["spec"]["template"]["metadata"]["annotations"]["vClusterConfigHash"] =
                "4567".into();
        })
        .unwrap();
    let second = cluster
        .until(&pod_key("demo-0"), |pod| {
            is_ready(pod) && object::uid(pod) != object::uid(&first)
        })
        .await;
    assert_eq!(
        object::annotation(&second, "vClusterConfigHash"),
        Some("4567")
    );
    cluster
        .until(&key, |set| {
            set["status"]["currentRevision"] == set["status"]["updateRevision"]
                && set["status"]["updatedReplicas"] == 1
                && set["status"]["observedGeneration"] == set["metadata"]["generation"]
        })
        .await;
    let claim = cluster.store.get(&claim).unwrap();
    assert_eq!(object::uid(&claim), object::uid(&kept));
}

#[tokio::test]
async fn a_set_scaled_to_zero_and_back_keeps_its_claim() {
    let cluster = with_nodes();
    let key = cluster.stateful_set();
    cluster.until(&pod_key("demo-0"), is_ready).await;
    let scale = |replicas: i64| {
        cluster
            .store
            .modify(&key, |set| set["spec"]["replicas"] = replicas.into())
            .unwrap();
    };
    scale(0);
    cluster.until_gone(&pod_key("demo-0")).await;
    cluster
        .until(&key, |set| set["status"]["replicas"] == 0)
        .await;
    assert_eq!(
        cluster.store.list(PERSISTENT_VOLUME_CLAIMS, None).0.len(),
        1
    );
    scale(1);
    cluster
        .until(&key, |set| set["status"]["readyReplicas"] == 1)
        .await;
}

#[tokio::test]
async fn pods_of_an_ordered_set_wait_for_the_one_before() {
    let cluster = without_nodes();
    let mut set = crate::cluster::stateful_set();
    set["spec"]["replicas"] = 2.into();
    set["spec"]["podManagementPolicy"] = "OrderedReady".into();
    let key = cluster.create(STATEFUL_SETS, set);
    cluster
        .until(&key, |set| set["status"]["replicas"] == 1)
        .await;
    assert!(cluster.store.get(&pod_key("demo-1")).is_none());
    cluster
        .store
        .modify(&pod_key("demo-0"), |pod| {
            pod["status"]["conditions"] = json!([{"type": "Ready", "status": "True"}]);
        })
        .unwrap();
    cluster.until(&pod_key("demo-1"), |_| true).await;
}

#[tokio::test]
async fn a_deployment_rolls_to_a_new_replica_set_without_losing_the_old_one_early() {
    let cluster = with_nodes();
    let key = cluster.create(
        DEPLOYMENTS,
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "namespace": NAMESPACE},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [{"name": "web", "image": "nginx:1"}]},
                },
            },
            "status": {},
        }),
    );
    let is_done = |image: &'static str| {
        let store = cluster.store.clone();
        move |deployment: &Value| {
            let pods = store.list(PODS, Some(NAMESPACE)).0;
            deployment["status"]["readyReplicas"] == 2
                && deployment["status"]["replicas"] == 2
                && pods.len() == 2
                && pods
                    .iter()
                    .all(|pod| pod["spec"]["containers"][0]["image"] == image)
        }
    };
    cluster.until(&key, is_done("nginx:1")).await;
    let mut pods = cluster.watch(PODS);
    cluster
        .store
        .modify(&key, |deployment| {
            deployment["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:2".into();
        })
        .unwrap();
    cluster
        .until(&key, |deployment| {
            deployment["status"]["readyReplicas"] == 2
                && deployment["status"]["replicas"] == 2
                && deployment["status"]["updatedReplicas"] == 2
                && deployment["status"]["observedGeneration"]
                    == deployment["metadata"]["generation"]
        })
        .await;
    let mut new_ready = 0;
    loop {
        let change = next(&mut pods).await;
        let is_new = change.object["spec"]["containers"][0]["image"] == "nginx:2";
        if is_new && is_ready(&change.object) {
            new_ready += 1;
        }
        if !is_new && object::is_terminating(&change.object) {
            assert!(
                new_ready >= 2,
                "an old pod ended before the new ones were ready"
            );
            break;
        }
    }
    assert_eq!(cluster.store.list(REPLICA_SETS, Some(NAMESPACE)).0.len(), 2);
}
