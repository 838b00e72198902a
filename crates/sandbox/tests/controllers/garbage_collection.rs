//! Objects that end with their owners.

use sandbox::kubernetes::resources::{CONFIG_MAPS, SECRETS};
use sandbox::kubernetes::{Delete, Key, object};
use serde_json::{Value, json};

use crate::cluster::{NAMESPACE, Running, without_nodes};

fn owner_and_dependent(cluster: &Running) -> (Key, Key) {
    let owner = cluster.create(
        CONFIG_MAPS,
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner", "namespace": NAMESPACE}}),
    );
    let uid = object::uid(&cluster.store.get(&owner).unwrap()).to_owned();
    let dependent = cluster.create(
        SECRETS,
        json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {
                "name": "dependent", "namespace": NAMESPACE,
                "ownerReferences": [{
                    "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid, "blockOwnerDeletion": true,
                }],
            },
        }),
    );
    (owner, dependent)
}

fn delete(cluster: &Running, key: &Key, finalizer: Option<&'static str>) {
    let how = Delete {
        finalizer,
        ..Delete::default()
    };
    cluster.store.delete(key, &how).unwrap();
}

#[tokio::test]
async fn dependents_go_after_their_owner() {
    let cluster = without_nodes();
    let (owner, dependent) = owner_and_dependent(&cluster);
    delete(&cluster, &owner, None);
    cluster.until_gone(&dependent).await;
}

#[tokio::test]
async fn an_owner_deleted_in_the_foreground_waits_for_its_dependents() {
    let cluster = without_nodes();
    let (owner, dependent) = owner_and_dependent(&cluster);
    let hold = |finalizers: Option<Value>| {
        let _ = cluster.store.modify(&dependent, |object| {
            object::set_metadata(object, "finalizers", finalizers);
        });
    };
    hold(Some(json!(["example.com/hold"])));
    delete(&cluster, &owner, Some("foregroundDeletion"));
    cluster.until(&dependent, object::is_terminating).await;
    assert!(cluster.store.get(&owner).is_some());
    hold(None);
    cluster.until_gone(&owner).await;
}

#[tokio::test]
async fn orphans_stay_and_forget_their_owner() {
    let cluster = without_nodes();
    let (owner, dependent) = owner_and_dependent(&cluster);
    delete(&cluster, &owner, Some("orphan"));
    cluster.until_gone(&owner).await;
    let orphan = cluster.store.get(&dependent).unwrap();
    assert!(orphan["metadata"].get("ownerReferences").is_none());
}
