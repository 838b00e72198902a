//! What the API fills in where a client says nothing.

mod pods;
mod workloads;

use serde_json::{Map, Value, json};

use super::object;

pub(super) type Fields = Map<String, Value>;

/// Fills in the defaults of an object of a kind.
pub fn fill(group: &str, kind: &str, object: &mut Value) {
    match (group, kind) {
        ("", "Namespace") => namespace(object),
        ("", "Secret") => {
            with_root(object, |root| default(root, "type", "Opaque"));
        }
        ("", "Service") => with(object, "spec", service),
        ("", "Pod") => pods::pod(object),
        ("", "PersistentVolumeClaim") => claim(object),
        ("", "LimitRange") => each(object, "/spec/limits", limit),
        ("apps", "StatefulSet") => with(object, "spec", workloads::stateful_set),
        ("apps", "Deployment") => with(object, "spec", workloads::deployment),
        ("networking.k8s.io", "NetworkPolicy") => with(object, "spec", network_policy),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => binding(object),
        ("authentication.k8s.io", "TokenRequest") => {
            with(object, "spec", |spec| {
                default(spec, "expirationSeconds", 3600)
            });
        }
        _ => {}
    }
}

pub(super) fn default(fields: &mut Fields, name: &str, value: impl Into<Value>) {
    let entry = fields.entry(name).or_insert(Value::Null);
    if entry.is_null() {
        *entry = value.into();
    }
}

pub(super) fn with(object: &mut Value, field: &str, work: impl FnOnce(&mut Fields)) {
    work(object::field_mut(object, field));
}

pub(super) fn if_some(fields: &mut Fields, field: &str, work: impl FnOnce(&mut Fields)) {
    if let Some(Value::Object(inner)) = fields.get_mut(field) {
        work(inner);
    }
}

pub(super) fn each_in(fields: &mut Fields, field: &str, mut work: impl FnMut(&mut Fields)) {
    if let Some(Value::Array(items)) = fields.get_mut(field) {
        items
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(&mut work);
    }
}

fn with_root(object: &mut Value, work: impl FnOnce(&mut Fields)) {
    if let Value::Object(root) = object {
        work(root);
    }
}

fn each(object: &mut Value, pointer: &str, mut work: impl FnMut(&mut Fields)) {
    if let Some(Value::Array(items)) = object.pointer_mut(pointer) {
        items
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(&mut work);
    }
}

fn namespace(object: &mut Value) {
    let name = object::name(object).to_owned();
    if !name.is_empty() {
        object::set_label(object, "kubernetes.io/metadata.name", &name);
    }
}

pub(super) fn claim(object: &mut Value) {
    with(object, "spec", |spec| {
        default(spec, "volumeMode", "Filesystem")
    });
    with(object, "status", |status| {
        default(status, "phase", "Pending")
    });
}

fn service(spec: &mut Fields) {
    default(spec, "type", "ClusterIP");
    default(spec, "sessionAffinity", "None");
    each_in(spec, "ports", |port| {
        default(port, "protocol", "TCP");
        let unset = matches!(port.get("targetPort"), None | Some(Value::Null))
            || port.get("targetPort") == Some(&json!(0))
            || port.get("targetPort") == Some(&json!(""));
        if unset && let Some(number) = port.get("port").cloned() {
            port.insert("targetPort".to_owned(), number);
        }
    });
    let kind = spec
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        default(spec, "externalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        default(spec, "allocateLoadBalancerNodePorts", true);
    }
    if kind != "ExternalName" {
        default(spec, "internalTrafficPolicy", "Cluster");
    }
}

/// A container's limit defaults to its maximum, its request to its limit or else its minimum.
fn limit(limit: &mut Fields) {
    if limit.get("type") != Some(&json!("Container")) {
        return;
    }
    for (target, sources) in [
        ("default", ["max", "max"]),
        ("defaultRequest", ["default", "min"]),
    ] {
        let mut amounts = limit
            .get(target)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        for source in sources {
            if let Some(Value::Object(from)) = limit.get(source) {
                for (resource, amount) in from {
                    amounts
                        .entry(resource.clone())
                        .or_insert_with(|| amount.clone());
                }
            }
        }
        if !amounts.is_empty() {
            limit.insert(target.to_owned(), amounts.into());
        }
    }
}

fn network_policy(spec: &mut Fields) {
    if !spec.contains_key("policyTypes") {
        let mut types = vec!["Ingress"];
        if spec.contains_key("egress") {
            types.push("Egress");
        }
        spec.insert("policyTypes".to_owned(), json!(types));
    }
    for direction in ["ingress", "egress"] {
        each_in(spec, direction, |rule| {
            each_in(rule, "ports", |port| default(port, "protocol", "TCP"));
        });
    }
}

fn binding(object: &mut Value) {
    const GROUP: &str = "rbac.authorization.k8s.io";
    with(object, "roleRef", |role| {
        if role
            .get("apiGroup")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .is_empty()
        {
            role.insert("apiGroup".to_owned(), GROUP.into());
        }
    });
    each(object, "/subjects", |subject| {
        if matches!(
            subject.get("kind").and_then(Value::as_str),
            Some("User" | "Group")
        ) {
            default(subject, "apiGroup", GROUP);
        }
    });
}
