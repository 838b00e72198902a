//! Terminates namespaces: deletes everything in them and, when nothing is left, the namespace. Until then its conditions
//! say what remains.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Cluster, Controller, conditions};
use crate::kubernetes::resources::{self, NAMESPACES};
use crate::kubernetes::{Delete, GroupResource, Key, object};

pub struct NamespaceTermination(pub Cluster);

#[derive(Default)]
struct Remains {
    objects: BTreeMap<String, usize>,
    finalizers: BTreeMap<String, usize>,
}

impl NamespaceTermination {
    /// Deletes what is in a namespace and returns what is left.
    fn delete_contents(&self, namespace: &str) -> Remains {
        let store = &self.0.store;
        let mut remains = Remains::default();
        for resource in resources::namespaced() {
            for object in store.list(resource, Some(namespace)).0 {
                if !object::is_terminating(&object) {
                    // It may be gone already.
                    let _ = store.delete(&Key::of(resource, &object), &Delete::default());
                }
            }
            for object in store.list(resource, Some(namespace)).0 {
                let name = format!("{}.{}", resource.plural, resource.group);
                *remains.objects.entry(name).or_default() += 1;
                for finalizer in object::finalizers(&object) {
                    *remains.finalizers.entry(finalizer.to_owned()).or_default() += 1;
                }
            }
        }
        remains
    }
}

impl Controller for NamespaceTermination {
    fn watches(&self) -> Vec<GroupResource> {
        let mut watched = resources::namespaced();
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
        let namespace = self.0.store.get(&key);
        match namespace.is_some_and(|namespace| object::is_terminating(&namespace)) {
            true => vec![key],
            false => Vec::new(),
        }
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let store = &self.0.store;
        let namespace = store.get(key)?;
        if !object::is_terminating(&namespace) {
            return None;
        }
        let remains = self.delete_contents(&key.name);
        let reported = store.modify(key, |namespace| {
            remains.describe(object::field_mut(namespace, "status"));
        });
        if reported.is_ok() && remains.objects.is_empty() {
            let _ = store.modify(key, |namespace| {
                let mut finalizers = object::strings(namespace.pointer("/spec/finalizers"));
                finalizers.retain(|finalizer| *finalizer != "kubernetes");
                let finalizers = json!(finalizers);
                object::field_mut(namespace, "spec").insert("finalizers".into(), finalizers);
            });
        }
        None
    }
}

impl Remains {
    fn describe(&self, status: &mut Map<String, Value>) {
        for (kind, left, joined_by, removed, remaining, message) in [
            (
                "NamespaceContentRemaining",
                &self.objects,
                " has ",
                "ContentRemoved",
                "SomeResourcesRemain",
                "Some resources are remaining",
            ),
            (
                "NamespaceFinalizersRemaining",
                &self.finalizers,
                " in ",
                "ContentHasNoFinalizers",
                "SomeFinalizersRemain",
                "Some content in the namespace has finalizers remaining",
            ),
        ] {
            let instances: Vec<_> = left
                .iter()
                .map(|(name, count)| format!("{name}{joined_by}{count} resource instances"))
                .collect();
            let (reason, message) = match left.is_empty() {
                true => (removed, String::new()),
                false => (remaining, format!("{message}: {}", instances.join(", "))),
            };
            conditions::set(status, kind, !left.is_empty(), reason, &message);
        }
    }
}
