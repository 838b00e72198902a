//! A cluster without an API server: a store, controllers, and a quick pace.

use std::sync::Arc;
use std::time::Duration;

use sandbox::controllers::{
    Cluster, ControlLoop, Kubelet, Logs, Pace, Workload, control_plane, create_host_nodes,
    nodes_and_networks,
};
use sandbox::faults::Faults;
use sandbox::kubernetes::resources::{EVENTS, NAMESPACES, PODS, STATEFUL_SETS};
use sandbox::kubernetes::server::ApiServer;
use sandbox::kubernetes::{Change, Feed, GroupResource, Key, Store, object};
use serde_json::{Value, json};

pub const NAMESPACE: &str = "vcluster-demo";
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs nothing, always ready.
struct Nothing;

impl Workload for Nothing {
    fn start(&self, _: &Value, _: &Value) -> Result<(), String> {
        Ok(())
    }

    fn is_ready(&self, _: &Value) -> bool {
        true
    }

    fn stop(&self, _: &Value) {}
}

pub struct Running {
    pub store: Store,
    pub faults: Faults,
    _controllers: ControlLoop,
}

/// Only what kube-controller-manager runs: nobody schedules or runs pods.
pub fn without_nodes() -> Running {
    start(false)
}

/// With a scheduler, kubelets, volumes and load balancers.
pub fn with_nodes() -> Running {
    start(true)
}

fn start(nodes: bool) -> Running {
    let cluster = Cluster::new(
        ApiServer::builder(Store::default()).build(),
        Faults::default(),
        Pace::of_unit(Duration::from_millis(2)),
    );
    let namespace =
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}});
    cluster.admit("test", NAMESPACES, namespace).unwrap();
    let mut controllers = control_plane(&cluster);
    if nodes {
        create_host_nodes(&cluster.store);
        let kubelet = Arc::new(Kubelet::new(&cluster, Arc::new(Nothing), Logs::default()));
        controllers.extend(nodes_and_networks(&cluster, kubelet));
    }
    let control_loop = ControlLoop::start(&cluster.store, controllers, cluster.faults.subscribe());
    Running {
        store: cluster.store,
        faults: cluster.faults,
        _controllers: control_loop,
    }
}

impl Running {
    pub fn watch(&self, resource: GroupResource) -> Feed {
        self.store.list_and_watch(resource, None).1
    }

    pub fn create(&self, resource: GroupResource, object: Value) -> Key {
        Key::of(resource, &self.store.create(resource, object).unwrap())
    }

    pub fn stateful_set(&self) -> Key {
        self.create(STATEFUL_SETS, stateful_set())
    }

    /// Waits until an object is as wanted.
    pub async fn until(&self, key: &Key, what: impl Fn(&Value) -> bool) -> Arc<Value> {
        let mut feed = self.watch(key.resource);
        loop {
            if let Some(object) = self.store.get(key)
                && what(&object)
            {
                return object;
            }
            if tokio::time::timeout(PATIENCE, feed.next()).await.is_err() {
                panic!("{} stays {:#?}", key.name, self.store.get(key));
            }
        }
    }

    pub async fn until_gone(&self, key: &Key) {
        let mut feed = self.watch(key.resource);
        while self.store.get(key).is_some() {
            if tokio::time::timeout(PATIENCE, feed.next()).await.is_err() {
                panic!("{} is still there: {:#?}", key.name, self.store.get(key));
            }
        }
    }

    /// Reasons of the events about an object, by name.
    pub fn events_about(&self, name: &str) -> Vec<String> {
        let (events, _) = self.store.list(EVENTS, None);
        let mut events: Vec<_> = events
            .iter()
            .filter(|event| event["involvedObject"]["name"] == name)
            .map(|event| {
                let version: u64 = object::resource_version(event);
                (version, event["reason"].as_str().unwrap().to_owned())
            })
            .collect();
        events.sort();
        events.into_iter().map(|(_, reason)| reason).collect()
    }
}

pub async fn next(feed: &mut Feed) -> Change {
    tokio::time::timeout(PATIENCE, feed.next())
        .await
        .expect("nothing happens")
        .expect("the history is long enough")
}

pub fn pod_key(name: &str) -> Key {
    Key::new(PODS, NAMESPACE, name)
}

pub fn is_ready(pod: &Value) -> bool {
    condition(pod, "Ready") == Some("True")
}

pub fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a str> {
    object::items(object.pointer("/status/conditions"))
        .iter()
        .find(|c| c["type"] == kind)?["status"]
        .as_str()
}

pub fn waiting_reason(pod: &Value) -> Option<&str> {
    pod.pointer("/status/containerStatuses/0/state/waiting/reason")?
        .as_str()
}

/// As the API keeps a new one.
pub fn stateful_set() -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "demo", "namespace": NAMESPACE, "labels": {"app": "vcluster", "release": "demo"}},
        "spec": {
            "replicas": 1,
            "serviceName": "demo-headless",
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate"},
            "selector": {"matchLabels": {"app": "vcluster", "release": "demo"}},
            "template": {
                "metadata": {
                    "labels": {"app": "vcluster", "release": "demo"},
                    "annotations": {"vClusterConfigHash": "0123"},
                },
                "spec": {
                    "terminationGracePeriodSeconds": 15,
                    "initContainers": [{"name": "kubernetes", "image": "ghcr.io/loft-sh/kubernetes:v1.36.0"}],
                    "containers": [{"name": "main", "image": "ghcr.io/loft-sh/vcluster-oss:0.36.1"}],
                },
            },
            "volumeClaimTemplates": [{
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}},
            }],
        },
        "status": {"replicas": 0, "availableReplicas": 0},
    })
}
