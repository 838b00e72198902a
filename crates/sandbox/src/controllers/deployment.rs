//! The Deployment controller: one ReplicaSet for each version of the template; the old ones shrink when the new one is
//! ready.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::conditions::{self, Condition};
use super::stateful_set::set_unless_zero;
use super::{Cluster, Controller, EventType, events, pods};
use crate::kubernetes::resources::{DEPLOYMENTS, REPLICA_SETS};
use crate::kubernetes::{GroupResource, Key, object};

const COMPONENT: &str = "deployment-controller";
const HASH: &str = "pod-template-hash";
const REVISION: &str = "deployment.kubernetes.io/revision";

pub struct Deployments {
    cluster: Cluster,
}

impl Deployments {
    pub fn new(cluster: &Cluster) -> Self {
        Self {
            cluster: cluster.clone(),
        }
    }
}

impl Controller for Deployments {
    fn watches(&self) -> Vec<GroupResource> {
        vec![DEPLOYMENTS, REPLICA_SETS]
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        if resource == DEPLOYMENTS {
            return vec![Key::of(DEPLOYMENTS, object)];
        }
        match object::controller(object) {
            Some(("Deployment", name, _)) => {
                vec![Key::new(DEPLOYMENTS, object::namespace(object), name)]
            }
            _ => Vec::new(),
        }
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let store = &self.cluster.store;
        let deployment = store.get(key)?;
        if object::is_terminating(&deployment) {
            return None;
        }
        let hash = pods::template_hash(&deployment);
        let sets = pods::controlled_by(store, REPLICA_SETS, &deployment);
        let current = sets
            .iter()
            .find(|set| object::label(set, HASH) == Some(&hash));
        let mut retry = None;
        match current {
            None => {
                if let Err(refusal) = self.create_set(&deployment, &hash, sets.len() + 1) {
                    self.tell(
                        &deployment,
                        EventType::Warning,
                        "ReplicaSetCreateError",
                        &refusal,
                    );
                    retry = Some(self.cluster.pace.units(4));
                }
            }
            Some(current) => {
                let wanted = pods::wanted_replicas(&deployment);
                self.scale(&deployment, current, wanted);
                if count(current, "readyReplicas") >= wanted {
                    for old in sets.iter().filter(|set| !Arc::ptr_eq(set, current)) {
                        self.scale(&deployment, old, 0);
                    }
                }
            }
        }
        self.report(
            key,
            &hash,
            &pods::controlled_by(store, REPLICA_SETS, &deployment),
        );
        retry
    }
}

impl Deployments {
    fn create_set(&self, deployment: &Value, hash: &str, revision: usize) -> Result<(), String> {
        let name = format!("{}-{hash}", object::name(deployment));
        let mut set = json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": name,
                "namespace": object::namespace(deployment),
                "annotations": {REVISION: revision.to_string()},
                "ownerReferences": [pods::controller_reference(deployment)],
            },
            "spec": {
                "replicas": pods::wanted_replicas(deployment),
                "selector": deployment["spec"]["selector"],
                "template": deployment["spec"]["template"],
            },
            "status": {"replicas": 0},
        });
        if let Some(labels) = deployment.pointer("/spec/template/metadata/labels") {
            set["metadata"]["labels"] = labels.clone();
        }
        object::set_label(&mut set, HASH, hash);
        set["spec"]["selector"]["matchLabels"][HASH] = hash.into();
        object::set_label(&mut set["spec"]["template"], HASH, hash);
        self.cluster.admit(COMPONENT, REPLICA_SETS, set)?;
        self.tell_scaled(deployment, &name, 0, pods::wanted_replicas(deployment));
        let _ = self
            .cluster
            .store
            .modify(&Key::of(DEPLOYMENTS, deployment), |deployment| {
                let metadata = object::metadata_mut(deployment);
                let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
                annotations[REVISION] = revision.to_string().into();
            });
        Ok(())
    }

    fn scale(&self, deployment: &Value, set: &Value, wanted: usize) {
        let before = pods::wanted_replicas(set);
        if before == wanted {
            return;
        }
        let scaled = self
            .cluster
            .store
            .modify(&Key::of(REPLICA_SETS, set), |set| {
                set["spec"]["replicas"] = json!(wanted);
            });
        if scaled.is_ok() {
            self.tell_scaled(deployment, object::name(set), before, wanted);
        }
    }

    fn tell_scaled(&self, deployment: &Value, set: &str, from: usize, to: usize) {
        let direction = if to > from { "up" } else { "down" };
        let message = format!("Scaled {direction} replica set {set} from {from} to {to}");
        self.tell(deployment, EventType::Normal, "ScalingReplicaSet", &message);
    }

    fn tell(&self, deployment: &Value, kind: EventType, reason: &str, message: &str) {
        events::record(
            &self.cluster.store,
            COMPONENT,
            deployment,
            kind,
            reason,
            message,
        );
    }

    fn report(&self, key: &Key, hash: &str, sets: &[Arc<Value>]) {
        let sum = |field: &str| -> usize { sets.iter().map(|set| count(set, field)).sum() };
        let (replicas, ready) = (sum("replicas"), sum("readyReplicas"));
        let updated = sets
            .iter()
            .find(|set| object::label(set, HASH) == Some(hash))
            .map_or(0, |set| count(set, "replicas"));
        let _ = self.cluster.store.modify(key, |deployment| {
            let wanted = pods::wanted_replicas(deployment);
            let generation = deployment["metadata"]["generation"].clone();
            let set_name = format!("{}-{hash}", object::name(deployment));
            let status = object::field_mut(deployment, "status");
            status.insert("observedGeneration".into(), generation);
            for (field, count) in [
                ("replicas", replicas),
                ("updatedReplicas", updated),
                ("readyReplicas", ready),
                ("availableReplicas", ready),
                ("unavailableReplicas", wanted.saturating_sub(ready)),
            ] {
                set_unless_zero(status, field, count);
            }
            let available = ready >= wanted;
            let condition = if available {
                Condition {
                    kind: "Available",
                    status: true,
                    reason: "MinimumReplicasAvailable",
                    message: "Deployment has minimum availability.",
                }
            } else {
                Condition {
                    kind: "Available",
                    status: false,
                    reason: "MinimumReplicasUnavailable",
                    message: "Deployment does not have minimum availability.",
                }
            };
            conditions::set(status, &condition);
            let done = available && updated == replicas;
            let (reason, message) = if done {
                (
                    "NewReplicaSetAvailable",
                    format!("ReplicaSet \"{set_name}\" has successfully progressed."),
                )
            } else {
                (
                    "ReplicaSetUpdated",
                    format!("ReplicaSet \"{set_name}\" is progressing."),
                )
            };
            conditions::set(
                status,
                &Condition {
                    kind: "Progressing",
                    status: true,
                    reason,
                    message: &message,
                },
            );
        });
    }
}

fn count(set: &Value, field: &str) -> usize {
    set["status"][field]
        .as_u64()
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(0)
}
