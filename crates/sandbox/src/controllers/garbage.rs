//! The garbage collector: deletes objects without an owner, and owners that wait for their dependents after them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Cluster, Controller};
use crate::kubernetes::{Delete, GroupResource, Key, object};

const FOREGROUND: &str = "foregroundDeletion";
const ORPHAN: &str = "orphan";

pub struct GarbageCollector(pub Cluster);

impl GarbageCollector {
    /// Owners live in the same namespace as what they own, or in none.
    fn dependents(&self, owner: &Value) -> Vec<(Key, Arc<Value>)> {
        let namespace = Some(object::namespace(owner)).filter(|n| !n.is_empty());
        let mut found = Vec::new();
        for resource in self.0.store.registry().stored() {
            for candidate in self.0.store.list(resource, namespace).0 {
                if owners(&candidate).any(|reference| reference["uid"] == object::uid(owner)) {
                    found.push((Key::of(resource, &candidate), candidate));
                }
            }
        }
        found
    }

    fn is_alive(&self, namespace: &str, reference: &Value) -> bool {
        let text = |field: &str| reference[field].as_str().unwrap_or_default();
        let Some(resource) = self
            .0
            .store
            .registry()
            .of_kind(text("apiVersion"), text("kind"))
        else {
            // The sandbox does not serve this kind.
            return true;
        };
        let namespace = if resource.namespaced { namespace } else { "" };
        let key = Key::new(resource.id(), namespace, text("name"));
        self.0
            .store
            .get(&key)
            .is_some_and(|owner| object::uid(&owner) == text("uid"))
    }

    fn drop_finalizer(&self, key: &Key, finalizer: &str) {
        let _ = (self.0.store).modify(key, |object| object::remove_finalizer(object, finalizer));
    }

    fn disown(&self, key: &Key, owner_uid: &str) {
        let _ = self.0.store.modify(key, |object| {
            let kept: Vec<Value> = owners(object)
                .filter(|reference| reference["uid"] != owner_uid)
                .cloned()
                .collect();
            object::set_metadata(
                object,
                "ownerReferences",
                (!kept.is_empty()).then(|| kept.into()),
            );
        });
    }

    fn end_with_dependents(&self, key: &Key, owner: &Value) {
        let finalizers = object::finalizers(owner);
        if finalizers.contains(&ORPHAN) {
            for (dependent, _) in self.dependents(owner) {
                self.disown(&dependent, object::uid(owner));
            }
            self.drop_finalizer(key, ORPHAN);
        }
        if finalizers.contains(&FOREGROUND) {
            let mut waits = false;
            for (dependent, object) in self.dependents(owner) {
                waits |= owners(&object).any(|reference| {
                    reference["uid"] == object::uid(owner)
                        && reference["blockOwnerDeletion"] == json!(true)
                });
                if !object::is_terminating(&object) {
                    let _ = self.0.store.delete(&dependent, &Delete::default());
                }
            }
            if !waits || self.dependents(owner).is_empty() {
                self.drop_finalizer(key, FOREGROUND);
            }
        }
    }
}

fn owners(object: &Value) -> impl Iterator<Item = &Value> {
    object::items(object.pointer("/metadata/ownerReferences")).iter()
}

impl Controller for GarbageCollector {
    fn watches(&self) -> Vec<GroupResource> {
        self.0.store.registry().stored()
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        let key = Key::of(resource, object);
        let mut affected = Vec::new();
        let is_gone = self
            .0
            .store
            .get(&key)
            .is_none_or(|found| object::uid(&found) != object::uid(object));
        if is_gone {
            affected.extend(self.dependents(object).into_iter().map(|(key, _)| key));
            // Owners that wait for it in the foreground.
            for reference in owners(object) {
                let text = |field: &str| reference[field].as_str().unwrap_or_default();
                let registry = self.0.store.registry();
                if let Some(kind) = registry.of_kind(text("apiVersion"), text("kind")) {
                    let namespace = if kind.namespaced {
                        object::namespace(object)
                    } else {
                        ""
                    };
                    affected.push(Key::new(kind.id(), namespace, text("name")));
                }
            }
        } else if owners(object).next().is_some() || object::is_terminating(object) {
            affected.push(key);
        }
        affected
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let found = self.0.store.get(key)?;
        if object::is_terminating(&found) {
            self.end_with_dependents(key, &found);
            return None;
        }
        let references: Vec<_> = owners(&found).collect();
        let orphaned = !references.is_empty()
            && !references
                .iter()
                .any(|reference| self.is_alive(&key.namespace, reference));
        if orphaned {
            let _ = self.0.store.delete(key, &Delete::default());
        }
        None
    }
}
