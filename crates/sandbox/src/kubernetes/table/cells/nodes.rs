//! Cells of nodes.

use serde_json::Value;

use super::{NONE, UNKNOWN, condition, get, joined, list, or, text};
use crate::kubernetes::object;

pub fn node_status(node: &Value) -> Value {
    let ready = match condition(node, "Ready") {
        "True" => "Ready",
        "" => "Unknown",
        _ => "NotReady",
    };
    if node.pointer("/spec/unschedulable") == Some(&Value::Bool(true)) {
        format!("{ready},SchedulingDisabled").into()
    } else {
        ready.into()
    }
}

pub fn node_roles(node: &Value) -> Value {
    let roles = object::labels(node)
        .into_iter()
        .flatten()
        .filter_map(
            |(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
                Some(role) if !role.is_empty() => Some(role.to_owned()),
                _ if key == "kubernetes.io/role" => value.as_str().map(str::to_owned),
                _ => None,
            },
        )
        .collect();
    joined(roles, NONE)
}

pub fn node_version(node: &Value) -> Value {
    text(node, "/status/nodeInfo/kubeletVersion")
}

fn node_address(node: &Value, kind: &str) -> Value {
    let address = list(node, "/status/addresses")
        .iter()
        .find(|a| get(a, "/type") == kind)
        .map_or("", |a| get(a, "/address"));
    or(address, NONE)
}

pub fn node_internal_ip(node: &Value) -> Value {
    node_address(node, "InternalIP")
}

pub fn node_external_ip(node: &Value) -> Value {
    node_address(node, "ExternalIP")
}

pub fn node_os(node: &Value) -> Value {
    or(get(node, "/status/nodeInfo/osImage"), UNKNOWN)
}

pub fn node_kernel(node: &Value) -> Value {
    or(get(node, "/status/nodeInfo/kernelVersion"), UNKNOWN)
}

pub fn node_runtime(node: &Value) -> Value {
    or(
        get(node, "/status/nodeInfo/containerRuntimeVersion"),
        UNKNOWN,
    )
}
