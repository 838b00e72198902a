//! The syncer's main work: a pod made inside the vCluster runs on the host under another name, and what happens to it
//! there is told inside. Nodes appear inside when a pod of theirs does; Services get a host Service of their own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::names;
use crate::controllers::{Cluster, EventType, nodes};
use crate::kubernetes::resources::{NODES, PODS, SERVICES};
use crate::kubernetes::{Delete, Key, object};

pub struct Sync {
    pub vcluster: String,
    pub host_namespace: String,
    pub host: Cluster,
    pub inside: Cluster,
}

impl Sync {
    pub fn pod(&self, inside_key: &Key) {
        let host_key = self.host_key(PODS, inside_key);
        match (
            self.inside.store.get(inside_key),
            self.host.store.get(&host_key),
        ) {
            (None, None) => {}
            (None, Some(on_host)) => self.delete_on_host(&host_key, &on_host),
            (Some(pod), None) => self.without_host_pod(inside_key, &pod),
            (Some(pod), Some(on_host)) => {
                if object::is_terminating(&pod) {
                    self.delete_on_host(&host_key, &on_host);
                }
                self.copy_status(inside_key, &on_host);
            }
        }
    }

    pub fn service(&self, inside_key: &Key) {
        if (inside_key.namespace.as_str(), inside_key.name.as_str()) == ("default", "kubernetes") {
            // The vCluster's own Service stands for it.
            return;
        }
        let host_key = self.host_key(SERVICES, inside_key);
        match (
            self.inside.store.get(inside_key),
            self.host.store.get(&host_key),
        ) {
            (None, Some(on_host)) => self.delete_on_host(&host_key, &on_host),
            (Some(service), None) => {
                let translated = self.host_service(&service);
                if let Err(refusal) = self.host.admit("vcluster", SERVICES, translated) {
                    self.tell_refusal(&service, &refusal);
                }
            }
            _ => {}
        }
    }

    pub fn inside_key(&self, host_object: &Value) -> Option<Key> {
        let (namespace, name) = names::inside(host_object)?;
        Some(Key::new(PODS, namespace, name))
    }

    fn host_key(&self, resource: crate::kubernetes::GroupResource, inside: &Key) -> Key {
        let name = names::on_host(&inside.name, &inside.namespace, &self.vcluster);
        Key::new(resource, &self.host_namespace, &name)
    }

    fn without_host_pod(&self, inside_key: &Key, pod: &Value) {
        if object::is_terminating(pod) || pod.pointer("/spec/nodeName").is_some() {
            // The host pod has ended, or was taken away from outside: so has this one.
            let now = Delete {
                grace_seconds: Some(0),
                ..Delete::default()
            };
            let _ = self.inside.store.delete(inside_key, &now);
            return;
        }
        if let Err(refusal) = self.host.admit("vcluster", PODS, self.host_pod(pod)) {
            self.tell_refusal(pod, &refusal);
        }
    }

    fn tell_refusal(&self, about: &Value, refusal: &str) {
        let message = format!("Error syncing to host cluster: {refusal}");
        self.inside
            .record("vcluster", about, EventType::Warning, "SyncError", &message);
    }

    fn delete_on_host(&self, key: &Key, on_host: &Value) {
        if !object::is_terminating(on_host) {
            let _ = self.host.store.delete(key, &Delete::default());
        }
    }

    fn copy_status(&self, inside_key: &Key, on_host: &Value) {
        let node = on_host.pointer("/spec/nodeName").cloned();
        if let Some(name) = node.as_ref().and_then(Value::as_str) {
            self.show_node(name);
        }
        let _ = self.inside.store.modify(inside_key, |pod| {
            if let Some(node) = node {
                pod["spec"]["nodeName"] = node;
            }
            pod["status"] = on_host["status"].clone();
        });
    }

    /// A node as the vCluster shows it: named like the host's, with nothing of the host in it.
    fn show_node(&self, name: &str) {
        let labels = [("vcluster.loft.sh/fake-node", "true")];
        // There already, most of the time.
        let _ = self
            .inside
            .store
            .create(NODES, nodes::node(name, "10.96.0.2", &labels));
    }

    fn host_pod(&self, pod: &Value) -> Value {
        let namespace = object::namespace(pod);
        let mut spec = pod["spec"].clone();
        if let Some(fields) = spec.as_object_mut() {
            for host_decides in [
                "nodeName",
                "serviceAccount",
                "priorityClassName",
                "priority",
            ] {
                fields.remove(host_decides);
            }
            fields.insert(
                "serviceAccountName".into(),
                format!("vc-workload-{}", self.vcluster).into(),
            );
            fields.insert("automountServiceAccountToken".into(), false.into());
            fields.insert("enableServiceLinks".into(), false.into());
            if let Some(volumes) = fields.get_mut("volumes").and_then(Value::as_array_mut) {
                volumes.retain(|volume| volume.get("projected").is_none());
                for volume in volumes {
                    self.translate_volume(volume, namespace);
                }
            }
        }
        let mounted: Vec<String> = object::items(spec.get("volumes"))
            .iter()
            .filter_map(|volume| volume["name"].as_str().map(str::to_owned))
            .collect();
        for list in ["containers", "initContainers"] {
            if let Some(containers) = spec.get_mut(list).and_then(Value::as_array_mut) {
                for mounts in containers
                    .iter_mut()
                    .filter_map(|container| container.get_mut("volumeMounts"))
                    .filter_map(Value::as_array_mut)
                {
                    mounts
                        .retain(|mount| mounted.iter().any(|name| mount["name"] == name.as_str()));
                }
            }
        }
        let mut on_host = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": self.host_metadata(pod),
            "spec": spec,
        });
        for (key, value) in object::labels(pod).into_iter().flatten() {
            if let Some(value) = value.as_str() {
                object::set_label(&mut on_host, key, value);
            }
        }
        on_host
    }

    fn translate_volume(&self, volume: &mut Value, namespace: &str) {
        for (kind, field) in [
            ("configMap", "name"),
            ("secret", "secretName"),
            ("persistentVolumeClaim", "claimName"),
        ] {
            if let Some(name) = volume.pointer_mut(&format!("/{kind}/{field}"))
                && let Some(inside) = name.as_str()
            {
                *name = names::on_host(inside, namespace, &self.vcluster).into();
            }
        }
    }

    fn host_service(&self, service: &Value) -> Value {
        let mut spec = service["spec"].clone();
        if let Some(fields) = spec.as_object_mut() {
            for host_decides in ["clusterIP", "clusterIPs", "healthCheckNodePort"] {
                fields.remove(host_decides);
            }
            if let Some(Value::Object(selector)) = fields.get_mut("selector") {
                selector.insert(names::MANAGED_BY.into(), self.vcluster.as_str().into());
                selector.insert(names::NAMESPACE.into(), object::namespace(service).into());
            }
            if let Some(ports) = fields.get_mut("ports").and_then(Value::as_array_mut) {
                for port in ports.iter_mut().filter_map(Value::as_object_mut) {
                    port.remove("nodePort");
                }
            }
        }
        json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": self.host_metadata(service),
            "spec": spec,
        })
    }

    fn host_metadata(&self, inside: &Value) -> Value {
        let (name, namespace) = (object::name(inside), object::namespace(inside));
        let owner = self
            .host
            .store
            .get(&Key::new(SERVICES, &self.host_namespace, &self.vcluster));
        json!({
            "name": names::on_host(name, namespace, &self.vcluster),
            "namespace": self.host_namespace,
            "labels": {names::MANAGED_BY: self.vcluster, names::NAMESPACE: namespace},
            "annotations": {
                names::OBJECT_NAME: name,
                names::OBJECT_NAMESPACE: namespace,
                "vcluster.loft.sh/object-uid": object::uid(inside),
            },
            "ownerReferences": owner.as_ref().map(owner_reference).into_iter().collect::<Vec<_>>(),
        })
    }
}

/// What a syncer makes on the host belongs to its Service and goes with it.
pub fn owner_reference(service: &Arc<Value>) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "name": object::name(service),
        "uid": object::uid(service),
    })
}
