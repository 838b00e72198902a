//! The StatefulSet controller: pods with fixed names and claims of their own, replaced one by one when the template
//! changes. Its status comes in the steps a real one takes: the observed generation first, then what is there.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Cluster, Controller, EventType, pods};
use crate::kubernetes::resources::{PERSISTENT_VOLUME_CLAIMS, PODS, STATEFUL_SETS};
use crate::kubernetes::{Delete, GroupResource, Key, object};

const COMPONENT: &str = "statefulset-controller";
const REVISION: &str = "controller-revision-hash";

pub struct StatefulSets(pub Cluster);

impl Controller for StatefulSets {
    fn watches(&self) -> Vec<GroupResource> {
        vec![STATEFUL_SETS, PODS]
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        pods::controller_key(STATEFUL_SETS, "StatefulSet", resource, object)
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let set = self.0.store.get(key)?;
        if object::is_terminating(&set) {
            return None;
        }
        let revision = format!("{}-{}", key.name, pods::template_hash(&set));
        if self.observe(key, &set, &revision) {
            // The change wakes this controller again, for the next step.
            return None;
        }
        let pods = pods::of(&self.0.store, &set);
        let retry = self.make_pods_right(&set, &revision, &pods);
        let pods = pods::of(&self.0.store, &set);
        self.report(key, &revision, &pods);
        retry
    }
}

impl StatefulSets {
    fn observe(&self, key: &Key, set: &Value, revision: &str) -> bool {
        let generation = &set["metadata"]["generation"];
        if set["status"]["observedGeneration"] == *generation {
            return false;
        }
        let _ = self.0.store.modify(key, |set| {
            let status = object::field_mut(set, "status");
            status.insert("observedGeneration".into(), generation.clone());
            status.entry("replicas").or_insert(json!(0));
            status.entry("availableReplicas").or_insert(json!(0));
            status.entry("collisionCount").or_insert(json!(0));
            status
                .entry("currentRevision")
                .or_insert_with(|| revision.into());
            status.insert("updateRevision".into(), revision.into());
        });
        true
    }

    /// Makes, deletes and replaces pods; with a duration, something was refused and has to be tried again.
    fn make_pods_right(
        &self,
        set: &Value,
        revision: &str,
        pods: &[Arc<Value>],
    ) -> Option<Duration> {
        let wanted = pods::wanted_replicas(set);
        let in_order = set.pointer("/spec/podManagementPolicy") != Some(&json!("Parallel"));
        for ordinal in 0..wanted {
            let name = format!("{}-{ordinal}", object::name(set));
            match pods.iter().find(|pod| object::name(pod) == name) {
                None => {
                    if let Err(refusal) = self.create_pod(set, revision, ordinal, &name) {
                        let set_name = object::name(set);
                        let message = format!(
                            "create Pod {name} in StatefulSet {set_name} failed error: {refusal}"
                        );
                        let warning = EventType::Warning;
                        self.0
                            .record(COMPONENT, set, warning, "FailedCreate", &message);
                        return Some(self.0.pace.units(4));
                    }
                    if in_order {
                        return None;
                    }
                }
                Some(pod) if in_order && !pods::is_ready(pod) => return None,
                Some(_) => {}
            }
        }
        let excess = pods.iter().filter(|pod| {
            !object::is_terminating(pod) && ordinal_of(set, pod).is_none_or(|o| o >= wanted)
        });
        for pod in excess {
            self.delete_pod(set, pod);
        }
        if set.pointer("/spec/updateStrategy/type") == Some(&json!("OnDelete")) {
            return None;
        }
        // The last pod first, and only while no other is on its way.
        let all_there = pods.len() >= wanted && !pods.iter().any(|p| object::is_terminating(p));
        let outdated = pods
            .iter()
            .filter(|pod| object::label(pod, REVISION) != Some(revision))
            .max_by_key(|pod| ordinal_of(set, pod));
        if let Some(pod) = outdated.filter(|_| all_there) {
            let others_ready = pods
                .iter()
                .filter(|other| object::label(other, REVISION) == Some(revision))
                .all(|other| pods::is_ready(other));
            if others_ready {
                self.delete_pod(set, pod);
            }
        }
        None
    }

    fn create_pod(
        &self,
        set: &Value,
        revision: &str,
        ordinal: usize,
        name: &str,
    ) -> Result<(), String> {
        let mut pod = pods::from_template(set, name);
        object::set_label(&mut pod, REVISION, revision);
        object::set_label(&mut pod, "statefulset.kubernetes.io/pod-name", name);
        object::set_label(
            &mut pod,
            "apps.kubernetes.io/pod-index",
            &ordinal.to_string(),
        );
        pod["spec"]["hostname"] = name.into();
        if let Some(service) = set.pointer("/spec/serviceName") {
            pod["spec"]["subdomain"] = service.clone();
        }
        let mut made = Vec::new();
        for template in object::items(set.pointer("/spec/volumeClaimTemplates")) {
            let claim = claim_from(set, template, name);
            let (claim_name, volume) = (
                object::name(&claim).to_owned(),
                object::name(template).to_owned(),
            );
            let mut volumes =
                vec![json!({"name": volume, "persistentVolumeClaim": {"claimName": claim_name}})];
            let others = object::items(pod["spec"].get("volumes")).iter();
            volumes.extend(others.filter(|v| v["name"] != volume.as_str()).cloned());
            pod["spec"]["volumes"] = volumes.into();
            let key = Key::of(PERSISTENT_VOLUME_CLAIMS, &claim);
            if self.0.store.get(&key).is_none() {
                self.0.admit(COMPONENT, PERSISTENT_VOLUME_CLAIMS, claim)?;
                made.push(claim_name);
            }
        }
        self.0.admit(COMPONENT, PODS, pod)?;
        let set_name = object::name(set);
        for claim in made {
            self.tell(
                set,
                "SuccessfulCreate",
                &format!("Create Claim {claim} Pod {name} in StatefulSet {set_name} success"),
            );
        }
        self.tell(
            set,
            "SuccessfulCreate",
            &format!("Create Pod {name} in StatefulSet {set_name} successful"),
        );
        Ok(())
    }

    fn delete_pod(&self, set: &Value, pod: &Value) {
        if self
            .0
            .store
            .delete(&Key::of(PODS, pod), &Delete::default())
            .is_ok()
        {
            let message = format!(
                "Delete Pod {} in StatefulSet {} successful",
                object::name(pod),
                object::name(set)
            );
            self.tell(set, "SuccessfulDelete", &message);
        }
    }

    fn tell(&self, set: &Value, reason: &str, message: &str) {
        self.0
            .record(COMPONENT, set, EventType::Normal, reason, message);
    }

    fn report(&self, key: &Key, revision: &str, pods: &[Arc<Value>]) {
        let staying = || pods.iter().filter(|pod| !object::is_terminating(pod));
        let of_revision = |revision: &str| {
            staying()
                .filter(|pod| object::label(pod, REVISION) == Some(revision))
                .count()
        };
        let ready = pods.iter().filter(|pod| pods::is_ready(pod)).count();
        let updated = of_revision(revision);
        let _ = self.0.store.modify(key, |set| {
            let wanted = pods::wanted_replicas(set);
            let status = object::field_mut(set, "status");
            // A finished update makes the new revision the current one.
            if updated == pods.len() && ready == wanted {
                status.insert("currentRevision".into(), revision.into());
            }
            let current = status
                .get("currentRevision")
                .and_then(Value::as_str)
                .map_or(0, of_revision);
            status.insert("replicas".into(), json!(pods.len()));
            status.insert("availableReplicas".into(), json!(ready));
            for (field, count) in [
                ("readyReplicas", ready),
                ("currentReplicas", current),
                ("updatedReplicas", updated),
            ] {
                set_unless_zero(status, field, count);
            }
        });
    }
}

/// The API leaves these counts out when they are zero.
pub fn set_unless_zero(status: &mut Map<String, Value>, field: &str, count: usize) {
    if count == 0 {
        status.remove(field);
    } else {
        status.insert(field.to_owned(), json!(count));
    }
}

fn ordinal_of(set: &Value, pod: &Value) -> Option<usize> {
    object::name(pod)
        .strip_prefix(object::name(set))?
        .strip_prefix('-')?
        .parse()
        .ok()
}

fn claim_from(set: &Value, template: &Value, pod: &str) -> Value {
    let mut claim = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": format!("{}-{pod}", object::name(template)),
            "namespace": object::namespace(set),
            "finalizers": ["kubernetes.io/pvc-protection"],
        },
        "spec": template["spec"],
        "status": {"phase": "Pending"},
    });
    if let Some(labels) = set.pointer("/spec/selector/matchLabels") {
        claim["metadata"]["labels"] = labels.clone();
    }
    claim
}
