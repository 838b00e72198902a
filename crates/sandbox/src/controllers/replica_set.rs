//! The ReplicaSet controller: so many pods of one template, all alike.

use std::time::Duration;

use serde_json::{Value, json};

use super::stateful_set::set_unless_zero;
use super::{Cluster, Controller, EventType, events, pods};
use crate::kubernetes::resources::{PODS, REPLICA_SETS};
use crate::kubernetes::{Delete, GroupResource, Key, object};

const COMPONENT: &str = "replicaset-controller";

pub struct ReplicaSets {
    cluster: Cluster,
}

impl ReplicaSets {
    pub fn new(cluster: &Cluster) -> Self {
        Self {
            cluster: cluster.clone(),
        }
    }

    fn tell(&self, set: &Value, kind: EventType, reason: &str, message: &str) {
        events::record(&self.cluster.store, COMPONENT, set, kind, reason, message);
    }
}

impl Controller for ReplicaSets {
    fn watches(&self) -> Vec<GroupResource> {
        vec![REPLICA_SETS, PODS]
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        if resource == REPLICA_SETS {
            return vec![Key::of(REPLICA_SETS, object)];
        }
        match object::controller(object) {
            Some(("ReplicaSet", name, _)) => {
                vec![Key::new(REPLICA_SETS, object::namespace(object), name)]
            }
            _ => Vec::new(),
        }
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let store = &self.cluster.store;
        let set = store.get(key)?;
        if object::is_terminating(&set) {
            return None;
        }
        let wanted = pods::wanted_replicas(&set);
        let mut staying: Vec<_> = pods::of(store, &set)
            .into_iter()
            .filter(|pod| !object::is_terminating(pod))
            .collect();
        let mut retry = None;
        for _ in staying.len()..wanted {
            let name = format!("{}-{}", key.name, pods::random_suffix());
            match self
                .cluster
                .admit(COMPONENT, PODS, pods::from_template(&set, &name))
            {
                Ok(_) => self.tell(
                    &set,
                    EventType::Normal,
                    "SuccessfulCreate",
                    &format!("Created pod: {name}"),
                ),
                Err(refusal) => {
                    let message = format!("Error creating: {refusal}");
                    self.tell(&set, EventType::Warning, "FailedCreate", &message);
                    retry = Some(self.cluster.pace.units(4));
                    break;
                }
            }
        }
        // Those that serve stay longest.
        staying.sort_by_key(|pod| !pods::is_ready(pod));
        for pod in staying.iter().skip(wanted) {
            if store
                .delete(&Key::of(PODS, pod), &Delete::default())
                .is_ok()
            {
                let message = format!("Deleted pod: {}", object::name(pod));
                self.tell(&set, EventType::Normal, "SuccessfulDelete", &message);
            }
        }

        let pods: Vec<_> = pods::of(store, &set)
            .into_iter()
            .filter(|pod| !object::is_terminating(pod))
            .collect();
        let ready = pods.iter().filter(|pod| pods::is_ready(pod)).count();
        let _ = store.modify(key, |set| {
            let generation = set["metadata"]["generation"].clone();
            let status = object::field_mut(set, "status");
            status.insert("observedGeneration".into(), generation);
            status.insert("replicas".into(), json!(pods.len()));
            set_unless_zero(status, "fullyLabeledReplicas", pods.len());
            set_unless_zero(status, "readyReplicas", ready);
            set_unless_zero(status, "availableReplicas", ready);
        });
        retry
    }
}
