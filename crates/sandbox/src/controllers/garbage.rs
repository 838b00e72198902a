//! The garbage collector: deletes objects without an owner, and owners that wait for their dependents after them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Cluster, Controller};
use crate::kubernetes::deletion::FOREGROUND;
use crate::kubernetes::{Delete, GroupResource, Key, object, resources};

pub struct GarbageCollector(pub Cluster);

impl GarbageCollector {
    /// Owners live in the same namespace as what they own, or in none.
    fn dependents(&self, owner: &Value) -> Vec<(Key, Arc<Value>)> {
        let namespace = Some(object::namespace(owner)).filter(|n| !n.is_empty());
        let mut found = Vec::new();
        for resource in resources::stored() {
            for candidate in self.0.store.list(resource, namespace).0 {
                if owners(&candidate).any(|reference| reference["uid"] == object::uid(owner)) {
                    found.push((Key::of(resource, &candidate), candidate));
                }
            }
        }
        found
    }

    fn is_alive(&self, namespace: &str, reference: &Value) -> bool {
        let Some(key) = owner_key(namespace, reference) else {
            // The sandbox does not serve this kind.
            return true;
        };
        let owner = self.0.store.get(&key);
        owner.is_some_and(|owner| reference["uid"] == object::uid(&owner))
    }

    fn end_with_dependents(&self, key: &Key, owner: &Value) {
        if !object::finalizers(owner).contains(&FOREGROUND) {
            return;
        }
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
            let _ = (self.0.store).modify(key, |owner| object::remove_finalizer(owner, FOREGROUND));
        }
    }
}

fn owners(object: &Value) -> impl Iterator<Item = &Value> {
    object::items(object.pointer("/metadata/ownerReferences")).iter()
}

fn owner_key(namespace: &str, reference: &Value) -> Option<Key> {
    let text = |field: &str| reference[field].as_str().unwrap_or_default();
    let resource = resources::of_kind(text("apiVersion"), text("kind"))?;
    let namespace = if resource.namespaced { namespace } else { "" };
    Some(Key::new(resource.id(), namespace, text("name")))
}

impl Controller for GarbageCollector {
    fn watches(&self) -> Vec<GroupResource> {
        resources::stored()
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
            let namespace = object::namespace(object);
            affected.extend(owners(object).filter_map(|owner| owner_key(namespace, owner)));
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
