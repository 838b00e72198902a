//! Cells of what makes pods and chooses among them.

use serde_json::Value;

use super::{NONE, get, int, joined, list, or, pairs};
use crate::kubernetes::selectors::LabelSelector;

pub fn node_selector(set: &Value) -> Value {
    pairs(set.pointer("/spec/template/spec/nodeSelector"))
}

pub fn ready_of_wanted(workload: &Value) -> Value {
    let (ready, wanted) = (
        int(workload, "/status/readyReplicas"),
        int(workload, "/spec/replicas"),
    );
    format!("{ready}/{wanted}").into()
}

fn containers(workload: &Value, field: &str) -> Value {
    let names = list(workload, "/spec/template/spec/containers")
        .iter()
        .map(|c| get(c, field).to_owned())
        .collect();
    joined(names, "")
}

pub fn container_names(workload: &Value) -> Value {
    containers(workload, "/name")
}

pub fn container_images(workload: &Value) -> Value {
    containers(workload, "/image")
}

pub fn selector(workload: &Value) -> Value {
    selector_at(workload, "/spec/selector")
}

pub fn policy_selector(policy: &Value) -> Value {
    selector_at(policy, "/spec/podSelector")
}

fn selector_at(object: &Value, pointer: &str) -> Value {
    let text = object
        .pointer(pointer)
        .and_then(|s| LabelSelector::from_object(s).ok())
        .map(|s| s.to_text())
        .unwrap_or_default();
    or(&text, NONE)
}
