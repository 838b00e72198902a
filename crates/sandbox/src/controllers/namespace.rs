//! The end of a namespace: everything in it is deleted; when nothing is left, so is the namespace. Until then its
//! conditions say what holds it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use super::conditions::{self, Condition};
use super::{Cluster, Controller};
use crate::kubernetes::resources::NAMESPACES;
use crate::kubernetes::{Delete, GroupResource, Key, object};

pub struct NamespaceTermination {
    cluster: Cluster,
}

#[derive(Default)]
struct Remains {
    objects: BTreeMap<String, usize>,
    finalizers: BTreeMap<String, usize>,
}

impl NamespaceTermination {
    pub fn new(cluster: &Cluster) -> Self {
        Self {
            cluster: cluster.clone(),
        }
    }

    fn delete_contents(&self, namespace: &str) {
        let store = &self.cluster.store;
        for resource in self.namespaced() {
            for object in store.list(resource, Some(namespace)).0 {
                if !object::is_terminating(&object) {
                    // Gone already: all the better.
                    let _ = store.delete(&Key::of(resource, &object), &Delete::default());
                }
            }
        }
    }

    fn remains(&self, namespace: &str) -> Remains {
        let mut remains = Remains::default();
        for resource in self.namespaced() {
            for object in self.cluster.store.list(resource, Some(namespace)).0 {
                let name = format!("{}.{}", resource.plural, resource.group);
                *remains.objects.entry(name).or_default() += 1;
                for finalizer in object::finalizers(&object) {
                    *remains.finalizers.entry(finalizer.to_owned()).or_default() += 1;
                }
            }
        }
        remains
    }

    fn namespaced(&self) -> Vec<GroupResource> {
        let registry = self.cluster.store.registry();
        registry
            .all()
            .filter(|resource| resource.namespaced && resource.is_stored())
            .map(|resource| resource.id())
            .collect()
    }
}

impl Controller for NamespaceTermination {
    fn watches(&self) -> Vec<GroupResource> {
        let mut watched = self.namespaced();
        watched.push(NAMESPACES);
        watched
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        let name = if resource == NAMESPACES {
            object::name(object)
        } else {
            object::namespace(object)
        };
        let key = Key::new(NAMESPACES, "", name);
        let ends = self
            .cluster
            .store
            .get(&key)
            .is_some_and(|namespace| object::is_terminating(&namespace));
        if ends { vec![key] } else { Vec::new() }
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let store = &self.cluster.store;
        let namespace = store.get(key)?;
        if !object::is_terminating(&namespace) {
            return None;
        }
        self.delete_contents(&key.name);
        let remains = self.remains(&key.name);
        let reported = store.modify(key, |namespace| {
            remains.describe(object::field_mut(namespace, "status"));
        });
        if reported.is_ok() && remains.objects.is_empty() {
            let _ = store.modify(key, |namespace| {
                let finalizers: Vec<Value> = object::strings(namespace.pointer("/spec/finalizers"))
                    .into_iter()
                    .filter(|finalizer| *finalizer != "kubernetes")
                    .map(Value::from)
                    .collect();
                let spec = object::field_mut(namespace, "spec");
                if finalizers.is_empty() {
                    spec.remove("finalizers");
                } else {
                    spec.insert("finalizers".into(), finalizers.into());
                }
            });
        }
        None
    }
}

impl Remains {
    fn describe(&self, status: &mut Map<String, Value>) {
        for (kind, reason, message) in [
            (
                "NamespaceDeletionDiscoveryFailure",
                "ResourcesDiscovered",
                "All resources successfully discovered",
            ),
            (
                "NamespaceDeletionGroupVersionParsingFailure",
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed",
            ),
            (
                "NamespaceDeletionContentFailure",
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization",
            ),
        ] {
            let condition = Condition {
                kind,
                status: false,
                reason,
                message,
            };
            conditions::set(status, &condition);
        }
        let objects = instances(&self.objects, " has ");
        let finalizers = instances(&self.finalizers, " in ");
        let content = if self.objects.is_empty() {
            Condition {
                kind: "NamespaceContentRemaining",
                status: false,
                reason: "ContentRemoved",
                message: "All content successfully removed",
            }
        } else {
            Condition {
                kind: "NamespaceContentRemaining",
                status: true,
                reason: "SomeResourcesRemain",
                message: &format!("Some resources are remaining: {objects}"),
            }
        };
        conditions::set(status, &content);
        let held = if self.finalizers.is_empty() {
            Condition {
                kind: "NamespaceFinalizersRemaining",
                status: false,
                reason: "ContentHasNoFinalizers",
                message: "All content-preserving finalizers finished",
            }
        } else {
            Condition {
                kind: "NamespaceFinalizersRemaining",
                status: true,
                reason: "SomeFinalizersRemain",
                message: &format!(
                    "Some content in the namespace has finalizers remaining: {finalizers}"
                ),
            }
        };
        conditions::set(status, &held);
    }
}

fn instances(counts: &BTreeMap<String, usize>, joined_by: &str) -> String {
    let parts: Vec<_> = counts
        .iter()
        .map(|(name, count)| format!("{name}{joined_by}{count} resource instances"))
        .collect();
    parts.join(", ")
}
