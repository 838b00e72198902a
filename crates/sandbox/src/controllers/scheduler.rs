//! The scheduler: assigns each pod to a node, or says why none is available.

use std::time::Duration;

use super::timers::Timers;
use super::{Cluster, Controller, EventType, conditions};
use crate::kubernetes::resources::{NODES, PODS};
use crate::kubernetes::{GroupResource, Key, object};
use serde_json::{Value, json};

const COMPONENT: &str = "default-scheduler";

pub struct Scheduler {
    cluster: Cluster,
    thinking: Timers<()>,
}

impl Scheduler {
    pub fn new(cluster: &Cluster) -> Self {
        Self {
            cluster: cluster.clone(),
            thinking: Timers::new(cluster.pace),
        }
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
            let status = object::field_mut(pod, "status");
            conditions::set(status, "PodScheduled", true, "", "");
        });
        if bound.is_ok() {
            let message = format!(
                "Successfully assigned {}/{} to {node}",
                key.namespace, key.name
            );
            self.tell(pod, EventType::Normal, "Scheduled", &message);
        }
        self.thinking.forget(object::uid(pod));
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
            let status = object::field_mut(pod, "status");
            conditions::set(status, "PodScheduled", false, "Unschedulable", &message);
        });
        if refused.is_ok_and(|pod| pod["status"]["conditions"] != before) {
            self.tell(pod, EventType::Warning, "FailedScheduling", &message);
        }
    }

    fn tell(&self, pod: &Value, kind: EventType, reason: &str, message: &str) {
        self.cluster.record(COMPONENT, pod, kind, reason, message);
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
            self.thinking.forget(object::uid(&pod));
            return None;
        }
        let left = self.thinking.left(object::uid(&pod), (), 1, || {});
        if left.is_some() {
            return left;
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
