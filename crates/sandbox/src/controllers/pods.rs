//! Pods of workload controllers: made from a template, with one owner.

use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::conditions;
use crate::kubernetes::admission::pods::letters;
use crate::kubernetes::resources::PODS;
use crate::kubernetes::{GroupResource, Key, Store, object};

pub fn controlled_by(store: &Store, resource: GroupResource, owner: &Value) -> Vec<Arc<Value>> {
    let (objects, _) = store.list(resource, Some(object::namespace(owner)));
    objects
        .into_iter()
        .filter(|candidate| {
            object::controller(candidate).is_some_and(|(_, _, uid)| uid == object::uid(owner))
        })
        .collect()
}

pub fn of(store: &Store, owner: &Value) -> Vec<Arc<Value>> {
    controlled_by(store, PODS, owner)
}

/// The key to reconcile after a change of an owner of this kind or of an object that one controls.
pub fn controller_key(
    owners: GroupResource,
    kind: &str,
    changed: GroupResource,
    object: &Value,
) -> Vec<Key> {
    if changed == owners {
        return vec![Key::of(owners, object)];
    }
    match object::controller(object) {
        Some((of, name, _)) if of == kind => {
            vec![Key::new(owners, object::namespace(object), name)]
        }
        _ => Vec::new(),
    }
}

pub fn is_ready(pod: &Value) -> bool {
    conditions::is_true(pod, "Ready")
}

pub fn controller_reference(owner: &Value) -> Value {
    json!({
        "apiVersion": object::api_version(owner),
        "kind": object::kind(owner),
        "name": object::name(owner),
        "uid": object::uid(owner),
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

pub fn from_template(owner: &Value, name: &str) -> Value {
    let template = owner.pointer("/spec/template").cloned().unwrap_or_default();
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "generateName": format!("{}-", object::name(owner)),
            "namespace": object::namespace(owner),
            "ownerReferences": [controller_reference(owner)],
        },
        "spec": template["spec"],
    });
    for field in ["labels", "annotations"] {
        if let Some(value) = template.pointer(&format!("/metadata/{field}")) {
            pod["metadata"][field] = value.clone();
        }
    }
    pod
}

pub fn template_hash(owner: &Value) -> String {
    let template = owner.pointer("/spec/template").cloned().unwrap_or_default();
    letters(&Sha256::digest(template.to_string())[..10])
}

/// The API's default is one.
pub fn wanted_replicas(owner: &Value) -> usize {
    owner
        .pointer("/spec/replicas")
        .and_then(Value::as_u64)
        .map_or(1, |replicas| {
            usize::try_from(replicas).unwrap_or(usize::MAX)
        })
}
