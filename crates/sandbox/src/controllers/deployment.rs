//! The Deployment controller. It owns the pods directly, without ReplicaSets; after a change of the template it deletes the
//! old pods when all new ones are ready.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::stateful_set::set_unless_zero;
use super::{Cluster, Controller, EventType, conditions, pods};
use crate::kubernetes::admission::pods::generated_name;
use crate::kubernetes::resources::{DEPLOYMENTS, PODS};
use crate::kubernetes::{Delete, GroupResource, Key, object};

const COMPONENT: &str = "deployment-controller";
const HASH: &str = "pod-template-hash";

pub struct Deployments(pub Cluster);

impl Controller for Deployments {
    fn watches(&self) -> Vec<GroupResource> {
        vec![DEPLOYMENTS, PODS]
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        pods::controller_key(DEPLOYMENTS, "Deployment", resource, object)
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let deployment = self.0.store.get(key)?;
        if object::is_terminating(&deployment) {
            return None;
        }
        let hash = pods::template_hash(&deployment);
        let wanted = pods::wanted_replicas(&deployment);
        let (mut current, old) = self.pods(&deployment, &hash);
        let mut retry = None;
        for _ in current.len()..wanted {
            if let Err(refusal) = self.create_pod(&deployment, &hash) {
                let message = format!("Error creating: {refusal}");
                self.tell(&deployment, EventType::Warning, "FailedCreate", &message);
                retry = Some(self.0.pace.units(4));
                break;
            }
        }
        // Ready pods are deleted last.
        current.sort_by_key(|pod| !pods::is_ready(pod));
        let ready = current.iter().filter(|pod| pods::is_ready(pod)).count();
        let outdated = old.iter().filter(|_| ready >= wanted);
        for pod in current.iter().skip(wanted).chain(outdated) {
            self.delete_pod(&deployment, pod);
        }
        let (current, old) = self.pods(&deployment, &hash);
        self.report(key, &current, &old);
        retry
    }
}

impl Deployments {
    /// The pods of the current template, and those of earlier ones.
    fn pods(&self, deployment: &Value, hash: &str) -> (Vec<Arc<Value>>, Vec<Arc<Value>>) {
        pods::of(&self.0.store, deployment)
            .into_iter()
            .filter(|pod| !object::is_terminating(pod))
            .partition(|pod| object::label(pod, HASH) == Some(hash))
    }

    fn create_pod(&self, deployment: &Value, hash: &str) -> Result<(), String> {
        let name = generated_name(&format!("{}-{hash}-", object::name(deployment)));
        let mut pod = pods::from_template(deployment, &name);
        object::set_label(&mut pod, HASH, hash);
        self.0.admit(COMPONENT, PODS, pod)?;
        let message = format!("Created pod: {name}");
        self.tell(deployment, EventType::Normal, "SuccessfulCreate", &message);
        Ok(())
    }

    fn delete_pod(&self, deployment: &Value, pod: &Value) {
        let deleted = (self.0.store).delete(&Key::of(PODS, pod), &Delete::default());
        if deleted.is_ok() {
            let message = format!("Deleted pod: {}", object::name(pod));
            self.tell(deployment, EventType::Normal, "SuccessfulDelete", &message);
        }
    }

    fn tell(&self, deployment: &Value, kind: EventType, reason: &str, message: &str) {
        self.0.record(COMPONENT, deployment, kind, reason, message);
    }

    fn report(&self, key: &Key, current: &[Arc<Value>], old: &[Arc<Value>]) {
        let pods = || current.iter().chain(old);
        let ready = pods().filter(|pod| pods::is_ready(pod)).count();
        let _ = self.0.store.modify(key, |deployment| {
            let wanted = pods::wanted_replicas(deployment);
            let generation = deployment["metadata"]["generation"].clone();
            let status = object::field_mut(deployment, "status");
            status.insert("observedGeneration".into(), generation);
            for (field, count) in [
                ("replicas", pods().count()),
                ("updatedReplicas", current.len()),
                ("readyReplicas", ready),
                ("availableReplicas", ready),
                ("unavailableReplicas", wanted.saturating_sub(ready)),
            ] {
                set_unless_zero(status, field, count);
            }
            let available = ready >= wanted;
            let reason = match available {
                true => "MinimumReplicasAvailable",
                false => "MinimumReplicasUnavailable",
            };
            conditions::set(status, "Available", available, reason, "");
            let reason = match available && old.is_empty() {
                true => "NewReplicaSetAvailable",
                false => "ReplicaSetUpdated",
            };
            conditions::set(status, "Progressing", true, reason, "");
        });
    }
}
