//! What the controllers of the recorded cluster did between the recorded calls. Its controller manager also kept a
//! ConfigMap `openshift-service-ca.crt` in every namespace, which counts towards quotas and lists.

use sandbox::kubernetes::Key;
use sandbox::kubernetes::resources::{NAMESPACES, PODS};
use serde_json::{Value, json};

use super::api::{Api, Recording};

const NAMESPACE: &str = "/api/v1/namespaces/vcluster-demo";
const SET: &str = "/apis/apps/v1/namespaces/vcluster-demo/statefulsets/demo";

/// The ConfigMaps that were there from the start.
pub async fn bootstrap(api: &Api) {
    for namespace in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        openshift(api, namespace).await;
    }
    let path = "/api/v1/namespaces/kube-system/configmaps";
    let name = "extension-apiserver-authentication";
    api.create(path, json!({"metadata": {"name": name}})).await;
}

async fn openshift(api: &Api, namespace: &str) {
    let map = json!({
        "metadata": {
            "name": "openshift-service-ca.crt",
            "annotations": {"service.beta.openshift.io/inject-cabundle": "true"},
        },
        "data": {"service-ca.crt": ""},
    });
    api.create(&format!("/api/v1/namespaces/{namespace}/configmaps"), map)
        .await;
}

/// Acts before a recorded call.
pub async fn before(api: &Api, name: &str) {
    match name {
        "015-ns-apply-again" => openshift(api, "vcluster-demo").await,
        "036-pods" => start_set(api).await,
        "043-pod-imagepullbackoff" => bind(api),
        "045-sts-ready" => {
            set_status(api, json!({"readyReplicas": 1, "availableReplicas": 1})).await
        }
        "055-sts-paused" => pause(api).await,
        "060-table" => heartbeat(api).await,
        "078-apply-into-terminating" => {
            // Garbage collection has nothing to wait for.
            api.merge(NAMESPACE, json!({"metadata": {"finalizers": null}}))
                .await;
        }
        "080-ns-terminating" => empty_namespace(api).await,
        "086-ns-gone" => finish_namespace(api).await,
        _ => {}
    }
}

async fn set_status(api: &Api, status: Value) {
    api.merge(&format!("{SET}/status"), json!({"status": status}))
        .await;
}

/// A claim, a pod and their events, and the first two states of the set.
async fn start_set(api: &Api) {
    let set = api.get(SET).await;
    let claim = json!({
        "metadata": {"name": "data-demo-0", "labels": {"app": "vcluster", "release": "demo"}},
        "spec": set["spec"]["volumeClaimTemplates"][0]["spec"],
    });
    api.create(&format!("{NAMESPACE}/persistentvolumeclaims"), claim)
        .await;
    let mut spec = set["spec"]["template"]["spec"].clone();
    spec["hostname"] = "demo-0".into();
    spec["subdomain"] = "demo-headless".into();
    let claim = json!({"name": "data", "persistentVolumeClaim": {"claimName": "data-demo-0"}});
    spec["volumes"].as_array_mut().unwrap().insert(0, claim);
    let pod = json!({
        "metadata": {
            "name": "demo-0",
            "generateName": "demo-",
            "labels": {
                "app": "vcluster",
                "apps.kubernetes.io/pod-index": "0",
                "controller-revision-hash": "demo-9674b46f9",
                "release": "demo",
                "statefulset.kubernetes.io/pod-name": "demo-0",
            },
            "annotations": {"vClusterConfigHash": "0123"},
            "ownerReferences": [{
                "apiVersion": "apps/v1",
                "kind": "StatefulSet",
                "name": "demo",
                "uid": set["metadata"]["uid"],
                "controller": true,
                "blockOwnerDeletion": true,
            }],
        },
        "spec": spec,
    });
    api.create(&format!("{NAMESPACE}/pods"), pod).await;
    set_status(
        api,
        json!({
            "observedGeneration": 1,
            "currentRevision": "demo-9674b46f9",
            "updateRevision": "demo-9674b46f9",
            "collisionCount": 0,
        }),
    )
    .await;
    set_status(
        api,
        json!({"replicas": 1, "currentReplicas": 1, "updatedReplicas": 1}),
    )
    .await;
    let recorded = Recording::read("039-events");
    for event in recorded.response["body"]["items"].as_array().unwrap() {
        let mut event = event.clone();
        let name = event["metadata"]["name"].clone();
        event["metadata"] = json!({"name": name});
        if event["involvedObject"]["kind"] == "StatefulSet" {
            event["involvedObject"]["uid"] = set["metadata"]["uid"].clone();
        } else {
            let claim = api
                .get(&format!("{NAMESPACE}/persistentvolumeclaims/data-demo-0"))
                .await;
            event["involvedObject"]["uid"] = claim["metadata"]["uid"].clone();
        }
        api.create(&format!("{NAMESPACE}/events"), event).await;
    }
}

/// The scheduler assigned the pod.
fn bind(api: &Api) {
    let pod = Key::new(PODS, "vcluster-demo", "demo-0");
    api.store()
        .modify(&pod, |pod| {
            pod["spec"]["nodeName"] = "node-1".into();
            pod["status"]["conditions"] = json!([{
                "type": "PodScheduled",
                "status": "True",
                "lastProbeTime": null,
                "lastTransitionTime": "2026-11-21T00:18:16Z",
            }]);
        })
        .unwrap();
}

async fn pause(api: &Api) {
    set_status(api, json!({"observedGeneration": 2})).await;
    api.delete(&format!("{NAMESPACE}/pods/demo-0")).await;
    set_status(
        api,
        json!({"currentReplicas": null, "updatedReplicas": null}),
    )
    .await;
}

/// The node was found to have no kubelet.
async fn heartbeat(api: &Api) {
    let node = "/api/v1/nodes/node-1";
    let taint = json!({"key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"});
    api.merge(
        node,
        json!({
            "metadata": {"annotations": {"node.alpha.kubernetes.io/ttl": "0"}},
            "spec": {"taints": [taint]},
        }),
    )
    .await;
    let conditions: Vec<Value> = ["DiskPressure", "MemoryPressure", "PIDPressure", "Ready"]
        .iter()
        .map(|kind| {
            json!({
                "type": kind,
                "status": "Unknown",
                "lastHeartbeatTime": "2026-11-21T00:18:16Z",
                "lastTransitionTime": "2026-11-21T00:18:16Z",
                "reason": "NodeStatusNeverUpdated",
                "message": "Kubelet never posted node status.",
            })
        })
        .collect();
    api.merge(
        &format!("{node}/status"),
        json!({"status": {"conditions": conditions}}),
    )
    .await;
}

/// Deletes what is in the namespace; a ConfigMap and the claim are held by finalizers.
async fn empty_namespace(api: &Api) {
    set_status(
        api,
        json!({"replicas": null, "readyReplicas": null, "availableReplicas": null}),
    )
    .await;
    for (group, resources) in [
        ("/apis/apps/v1", &["statefulsets"][..]),
        ("/apis/networking.k8s.io/v1", &["networkpolicies"]),
        (
            "/apis/rbac.authorization.k8s.io/v1",
            &["roles", "rolebindings"],
        ),
        (
            "/api/v1",
            &[
                "configmaps",
                "secrets",
                "serviceaccounts",
                "services",
                "events",
                "limitranges",
                "resourcequotas",
                "persistentvolumeclaims",
            ],
        ),
    ] {
        for resource in resources {
            api.delete(&format!("{group}/namespaces/vcluster-demo/{resource}"))
                .await;
        }
    }
    let recorded = Recording::read("080-ns-terminating");
    let conditions = recorded.response["body"]["status"]["conditions"].clone();
    api.merge(
        &format!("{NAMESPACE}/status"),
        json!({"status": {"conditions": conditions}}),
    )
    .await;
}

async fn finish_namespace(api: &Api) {
    let claim = format!("{NAMESPACE}/persistentvolumeclaims/data-demo-0");
    api.merge(&claim, json!({"metadata": {"finalizers": null}}))
        .await;
    let watch = Recording::read("w3-watch-namespaces");
    let last = watch.response["events"]
        .as_array()
        .unwrap()
        .iter()
        .rfind(|e| e["event"]["type"] == "MODIFIED")
        .unwrap();
    let conditions = last["event"]["object"]["status"]["conditions"].clone();
    api.merge(
        &format!("{NAMESPACE}/status"),
        json!({"status": {"conditions": conditions}}),
    )
    .await;
    api.store()
        .modify(&Key::new(NAMESPACES, "", "vcluster-demo"), |namespace| {
            namespace["spec"] = json!({});
        })
        .unwrap();
}

/// Leaves out what only the recorded cluster's build has, and brings what is recorded as events into their form.
pub fn comparable(name: &str, mut recorded: Value, mut ours: Value) -> (Value, Value) {
    match name {
        "001-version" => {
            // How the binary was built.
            for field in ["gitVersion", "gitCommit", "goVersion", "compiler"] {
                recorded["body"][field] = ours["body"][field].clone();
            }
        }
        "003-api" => {
            // Where the server listens.
            recorded["body"]["serverAddressByClientCIDRs"] = json!([]);
        }
        "w4-watch-sendInitialEvents" => {
            let events = recorded["events"].as_array().unwrap();
            let events: Vec<Value> = events.iter().map(|e| e["event"].clone()).collect();
            recorded["events"] = events.into();
        }
        "040-quota-status" => {
            // Counts are written by whoever changes them: there the controller manager and the API, here the API.
            for answer in [&mut recorded, &mut ours] {
                let entries = answer["body"]["metadata"]["managedFields"]
                    .as_array_mut()
                    .unwrap();
                entries.retain(|e| e["subresource"] != "status");
            }
        }
        "072-wrong-type" => {
            // The sandbox does not read protobuf.
            let message = recorded["body"]["message"].as_str().unwrap();
            let message = message.replace(", application/vnd.kubernetes.protobuf", "");
            recorded["body"]["message"] = message.into();
        }
        "068-watch-future" => {
            let first = |events: &Value| -> Value {
                let events = events.as_array().unwrap();
                let mut first: Vec<Value> = events
                    .iter()
                    .filter(|e| {
                        e["type"] == "ADDED"
                            && e["object"]["metadata"]["labels"]
                                .get("app.kubernetes.io/managed-by")
                                .is_none()
                    })
                    .cloned()
                    .collect();
                first.sort_by_key(|e| e["object"]["metadata"]["name"].as_str().unwrap().to_owned());
                first.into()
            };
            recorded["body"] = first(&recorded["body"]);
            ours["body"] = first(&ours["body"]);
        }
        _ => {}
    }
    (without_openshift(recorded), ours)
}

/// The recorded API server projects one more ConfigMap into pods.
pub fn without_openshift(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            if let Some(Value::Array(sources)) = fields.get_mut("sources") {
                sources.retain(|s| s["configMap"]["name"] != "openshift-service-ca.crt");
            }
            for field in fields.values_mut() {
                *field = without_openshift(field.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_openshift(item.take());
            }
        }
        _ => {}
    }
    value
}
