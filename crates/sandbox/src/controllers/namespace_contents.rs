//! What every namespace brings: the cluster's CA for its pods, and a default service account.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Cluster, Controller};
use crate::kubernetes::resources::{CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS};
use crate::kubernetes::{GroupResource, Key, object};

const ROOT_CA: &str = "kube-root-ca.crt";

pub struct NamespaceContents {
    cluster: Cluster,
    ca_certificate_pem: String,
}

impl NamespaceContents {
    pub fn new(cluster: &Cluster, ca_certificate_pem: &str) -> Self {
        Self {
            cluster: cluster.clone(),
            ca_certificate_pem: ca_certificate_pem.to_owned(),
        }
    }
}

impl Controller for NamespaceContents {
    fn watches(&self) -> Vec<GroupResource> {
        vec![NAMESPACES, CONFIG_MAPS, SERVICE_ACCOUNTS]
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        let namespace = match resource {
            NAMESPACES => object::name(object),
            CONFIG_MAPS if object::name(object) == ROOT_CA => object::namespace(object),
            SERVICE_ACCOUNTS if object::name(object) == "default" => object::namespace(object),
            _ => return Vec::new(),
        };
        vec![Key::new(NAMESPACES, "", namespace)]
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let store = &self.cluster.store;
        let namespace = store.get(key)?;
        if object::is_terminating(&namespace) {
            return None;
        }
        let wanted = [
            (
                CONFIG_MAPS,
                json!({
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {
                        "name": ROOT_CA,
                        "namespace": key.name,
                        "annotations": {
                            "kubernetes.io/description": "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc."
                        },
                    },
                    "data": {"ca.crt": self.ca_certificate_pem},
                }),
            ),
            (
                SERVICE_ACCOUNTS,
                json!({
                    "apiVersion": "v1",
                    "kind": "ServiceAccount",
                    "metadata": {"name": "default", "namespace": key.name},
                }),
            ),
        ];
        for (resource, object) in wanted {
            if store.get(&Key::of(resource, &object)).is_none() {
                // Somebody else may have been quicker.
                let _ = store.create(resource, object);
            }
        }
        None
    }
}
