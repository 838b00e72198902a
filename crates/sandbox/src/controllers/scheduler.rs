//! The scheduler: gives each pod a node, or says why it cannot.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::conditions::{self, Condition};
use super::{Cluster, Controller, EventType, events};
use crate::kubernetes::resources::{NODES, PODS};
use crate::kubernetes::{GroupResource, Key, object};

const COMPONENT: &str = "default-scheduler";

pub struct Scheduler {
    cluster: Cluster,
    seen: Mutex<HashMap<String, Instant>>,
}

impl Scheduler {
    pub fn new(cluster: &Cluster) -> Self {
        Self {
            cluster: cluster.clone(),
            seen: Mutex::default(),
        }
    }

    fn thinking(&self, pod: &Value) -> Option<Duration> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *seen
            .entry(object::uid(pod).to_owned())
            .or_insert_with(Instant::now);
        let left = (first + self.cluster.pace.units(1)).saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    fn forget(&self, pod: &Value) {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(object::uid(pod));
    }

    /// The node with the fewest pods, so that they spread.
    fn choose_node(&self) -> Option<String> {
        let (pods, _) = self.cluster.store.list(PODS, None);
        let (nodes, _) = self.cluster.store.list(NODES, None);
        nodes
            .iter()
            .filter(|node| {
                node.pointer("/spec/unschedulable") != Some(&json!(true))
                    && conditions::is_true(node, "Ready")
            })
            .min_by_key(|node| {
                pods.iter()
                    .filter(|pod| pod["spec"]["nodeName"] == object::name(node))
                    .count()
            })
            .map(|node| object::name(node).to_owned())
    }

    fn bind(&self, key: &Key, pod: &Value, node: &str) {
        let bound = self.cluster.store.modify(key, |pod| {
            pod["spec"]["nodeName"] = node.into();
            let condition = Condition {
                kind: "PodScheduled",
                status: true,
                reason: "",
                message: "",
            };
            conditions::set(object::field_mut(pod, "status"), &condition);
        });
        if bound.is_ok() {
            let message = format!(
                "Successfully assigned {}/{} to {node}",
                key.namespace, key.name
            );
            self.tell(pod, EventType::Normal, "Scheduled", &message);
        }
        self.forget(pod);
    }

    fn refuse(&self, key: &Key, pod: &Value) {
        let (nodes, _) = self.cluster.store.list(NODES, None);
        let count = nodes.len();
        let message = format!(
            "0/{count} nodes are available: {count} Insufficient cpu. preemption: 0/{count} nodes are available: \
             {count} No preemption victims found for incoming pod."
        );
        let before = pod["status"]["conditions"].clone();
        let refused = self.cluster.store.modify(key, |pod| {
            let condition = Condition {
                kind: "PodScheduled",
                status: false,
                reason: "Unschedulable",
                message: &message,
            };
            conditions::set(object::field_mut(pod, "status"), &condition);
        });
        if refused.is_ok_and(|pod| pod["status"]["conditions"] != before) {
            self.tell(pod, EventType::Warning, "FailedScheduling", &message);
        }
    }

    fn tell(&self, pod: &Value, kind: EventType, reason: &str, message: &str) {
        events::record(&self.cluster.store, COMPONENT, pod, kind, reason, message);
    }
}

impl Controller for Scheduler {
    fn watches(&self) -> Vec<GroupResource> {
        vec![PODS]
    }

    fn affected(&self, _: GroupResource, pod: &Value) -> Vec<Key> {
        if pod.pointer("/spec/nodeName").is_some() {
            return Vec::new();
        }
        vec![Key::of(PODS, pod)]
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let pod = self.cluster.store.get(key)?;
        if pod.pointer("/spec/nodeName").is_some() || object::is_terminating(&pod) {
            self.forget(&pod);
            return None;
        }
        if let Some(left) = self.thinking(&pod) {
            return Some(left);
        }
        let faults = self.cluster.faults.current().workloads;
        let node = self
            .choose_node()
            .filter(|_| !faults.unschedulable.covers(&key.namespace));
        match node {
            Some(node) => {
                self.bind(key, &pod, &node);
                None
            }
            None => {
                self.refuse(key, &pod);
                Some(self.cluster.pace.units(10))
            }
        }
    }
}
