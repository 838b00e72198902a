//! What a request must pass before an object is kept, and what it adds to the object on the way.

pub mod limit_ranges;
pub mod pods;
pub mod quotas;

use serde_json::Value;

use super::object;
use super::resources::{NAMESPACES, NODES, PODS, Resource};
use super::status::Refusal;
use super::store::{Key, Store};

pub fn complete(store: &Store, resource: &Resource, object: &mut Value) -> Result<(), Refusal> {
    match resource.id() {
        PODS => {
            pods::complete(store, object)?;
            limit_ranges::fill(store, object);
        }
        NODES => not_ready_yet(object),
        _ => {}
    }
    Ok(())
}

/// Refuses a new object that the cluster's rules do not allow.
pub fn check(store: &Store, resource: &Resource, object: &Value) -> Result<(), Refusal> {
    quotas::check(store, resource, None, object)
}

pub fn namespace_is_open(
    store: &Store,
    resource: &Resource,
    namespace: &str,
    name: &str,
) -> Result<(), Refusal> {
    match store.get(&Key::new(NAMESPACES, "", namespace)) {
        None => Err(Refusal::not_found(NAMESPACES, namespace)),
        Some(found) if object::is_terminating(&found) => Err(Refusal::namespace_terminating(
            resource.id(),
            name,
            namespace,
        )),
        Some(_) => Ok(()),
    }
}

/// A node takes no pods until its kubelet has said that it is ready.
fn not_ready_yet(node: &mut Value) {
    const TAINT: &str = "node.kubernetes.io/not-ready";
    let spec = object::field_mut(node, "spec");
    let taints = spec
        .entry("taints")
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(taints) = taints
        && !taints
            .iter()
            .any(|t| t.get("key").is_some_and(|k| k == TAINT))
    {
        taints.push(serde_json::json!({"key": TAINT, "effect": "NoSchedule"}));
    }
}
