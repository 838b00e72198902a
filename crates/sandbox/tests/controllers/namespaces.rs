//! How a namespace ends.

use sandbox::kubernetes::resources::{CONFIG_MAPS, NAMESPACES, PERSISTENT_VOLUME_CLAIMS};
use sandbox::kubernetes::{ChangeKind, Key, object};
use serde_json::{Value, json};

use crate::cluster::{NAMESPACE, is_ready, next, pod_key, with_nodes, without_nodes};

fn key() -> Key {
    Key::new(NAMESPACES, "", NAMESPACE)
}

/// The conditions without their times.
fn conditions(namespace: &Value) -> Vec<Value> {
    object::items(namespace.pointer("/status/conditions"))
        .iter()
        .map(|condition| {
            let mut condition = condition.clone();
            condition
                .as_object_mut()
                .unwrap()
                .remove("lastTransitionTime");
            condition
        })
        .collect()
}

#[tokio::test]
async fn a_namespace_says_what_holds_it_as_a_real_one_does_and_goes_when_nothing_does() {
    let recording: Value =
        serde_json::from_str(include_str!("namespace-conditions-1.36.json")).unwrap();
    let cluster = without_nodes();
    let held = |resource, name: &str, finalizer: &str| {
        cluster.create(
            resource,
            json!({
                "apiVersion": "v1",
                "metadata": {"name": name, "namespace": NAMESPACE, "finalizers": [finalizer]},
            }),
        )
    };
    let map = held(CONFIG_MAPS, "c1", "example.com/hold");
    let claim = held(
        PERSISTENT_VOLUME_CLAIMS,
        "data-demo-0",
        "kubernetes.io/pvc-protection",
    );
    let mut feed = cluster.watch(NAMESPACES);
    cluster.store.delete(&key(), &Default::default()).unwrap();
    cluster
        .until(&key(), |namespace| {
            json!(conditions(namespace)) == recording["held"]
        })
        .await;
    assert_eq!(
        cluster.store.get(&key()).unwrap()["status"]["phase"],
        "Terminating"
    );

    for key in [map, claim] {
        cluster
            .store
            .modify(&key, |object| {
                object::set_metadata(object, "finalizers", None)
            })
            .unwrap();
    }
    cluster.until_gone(&key()).await;
    let last = loop {
        let change = next(&mut feed).await;
        if matches!(change.kind, ChangeKind::Deleted) {
            break change.object;
        }
    };
    assert_eq!(json!(conditions(&last)), recording["gone"]);
}

#[tokio::test]
async fn everything_in_a_namespace_ends_with_it() {
    let cluster = with_nodes();
    cluster.stateful_set();
    cluster.until(&pod_key("demo-0"), is_ready).await;
    cluster.store.delete(&key(), &Default::default()).unwrap();
    cluster.until_gone(&key()).await;
    let registry = cluster.store.registry();
    for resource in registry.all().filter(|r| r.namespaced && r.is_stored()) {
        let (left, _) = cluster.store.list(resource.id(), Some(NAMESPACE));
        assert!(left.is_empty(), "{left:#?}");
    }
}
