//! Storage: a claim gets its volume when the first pod that uses it has a node, and is kept while one does.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Cluster, Controller};
use crate::kubernetes::resources::{PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS};
use crate::kubernetes::{Delete, GroupResource, Key, object};

const PROTECTION: &str = "kubernetes.io/pvc-protection";

pub struct Volumes(pub Cluster);

impl Volumes {
    fn reconcile_claim(&self, key: &Key) {
        let store = &self.0.store;
        let Some(claim) = store.get(key) else {
            return;
        };
        let (pods, _) = store.list(PODS, Some(&key.namespace));
        let users: Vec<_> = pods
            .iter()
            .filter(|pod| claims_of(pod).any(|name| name == key.name))
            .collect();
        if object::is_terminating(&claim) {
            if users.is_empty() {
                let _ = store.modify(key, |claim| object::remove_finalizer(claim, PROTECTION));
            }
            return;
        }
        let bound = claim.pointer("/status/phase") == Some(&json!("Bound"));
        let needed = users
            .iter()
            .any(|pod| pod.pointer("/spec/nodeName").is_some());
        if bound || !needed {
            return;
        }
        let volume = format!("pvc-{}", object::uid(&claim));
        let capacity = claim
            .pointer("/spec/resources/requests")
            .cloned()
            .unwrap_or_default();
        // There already when a restart came between the two steps.
        let _ = store.create(PERSISTENT_VOLUMES, volume_for(&claim, &volume));
        let _ = store.modify(key, |claim| {
            claim["spec"]["volumeName"] = volume.as_str().into();
            let modes = claim["spec"]["accessModes"].clone();
            claim["status"] = json!({"phase": "Bound", "accessModes": modes, "capacity": capacity});
        });
    }

    fn reconcile_volume(&self, key: &Key) {
        let Some(volume) = self.0.store.get(key) else {
            return;
        };
        let claim = &volume["spec"]["claimRef"];
        let claim_key = Key::new(
            PERSISTENT_VOLUME_CLAIMS,
            claim["namespace"].as_str().unwrap_or_default(),
            claim["name"].as_str().unwrap_or_default(),
        );
        let is_used = self
            .0
            .store
            .get(&claim_key)
            .is_some_and(|found| claim["uid"] == object::uid(&found));
        if !is_used {
            let _ = self.0.store.delete(key, &Delete::default());
        }
    }
}

fn claims_of(pod: &Value) -> impl Iterator<Item = &str> {
    object::items(pod.pointer("/spec/volumes"))
        .iter()
        .filter_map(|volume| volume.pointer("/persistentVolumeClaim/claimName")?.as_str())
}

fn volume_for(claim: &Value, name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "capacity": claim["spec"]["resources"]["requests"],
            "accessModes": claim["spec"]["accessModes"],
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": claim["spec"]["storageClassName"],
            "volumeMode": "Filesystem",
            "hostPath": {"path": format!("/nowhere/{name}"), "type": ""},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": object::namespace(claim),
                "name": object::name(claim),
                "uid": object::uid(claim),
            },
        },
        "status": {"phase": "Bound"},
    })
}

impl Controller for Volumes {
    fn watches(&self) -> Vec<GroupResource> {
        vec![PERSISTENT_VOLUME_CLAIMS, PODS]
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        if resource == PODS {
            let namespace = object::namespace(object);
            return claims_of(object)
                .map(|name| Key::new(PERSISTENT_VOLUME_CLAIMS, namespace, name))
                .collect();
        }
        let mut affected = vec![Key::of(PERSISTENT_VOLUME_CLAIMS, object)];
        if let Some(volume) = object.pointer("/spec/volumeName").and_then(Value::as_str) {
            affected.push(Key::new(PERSISTENT_VOLUMES, "", volume));
        }
        affected
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        if key.resource == PERSISTENT_VOLUMES {
            self.reconcile_volume(key);
        } else {
            self.reconcile_claim(key);
        }
        None
    }
}
