//! What may not change once an object is there.

use serde_json::Value;

use crate::kubernetes::resources::Resource;
use crate::kubernetes::status::FieldError;

/// Parts of a StatefulSet's specification that may change.
const STATEFUL_SET_CHANGES: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

/// What a change breaks.
pub(super) fn immutable(resource: &Resource, before: &Value, after: &Value) -> Vec<FieldError> {
    match (resource.group, resource.kind) {
        ("apps", "StatefulSet") => spec_but(before, after, &STATEFUL_SET_CHANGES).then(|| FieldError::forbidden(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        )).into_iter().collect(),
        ("apps", _) => kept(before, after, "/spec/selector", "field is immutable"),
        ("", "Pod") => pod(before, after),
        ("", "PersistentVolumeClaim") => spec_but(before, after, &["resources", "volumeName", "volumeAttributesClassName"]).then(|| FieldError::forbidden(
            "spec",
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
        )).into_iter().collect(),
        ("", "ConfigMap" | "Secret") => data(before, after),
        ("", "Service") => cluster_ip(before, after),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            kept(before, after, "/roleRef", "cannot change roleRef")
        }
        ("storage.k8s.io", "StorageClass") => ["/parameters", "/provisioner", "/reclaimPolicy", "/volumeBindingMode"]
            .iter()
            .flat_map(|field| kept(before, after, field, "field is immutable"))
            .collect(),
        _ => Vec::new(),
    }
}

fn kept(before: &Value, after: &Value, pointer: &str, rule: &str) -> Vec<FieldError> {
    let value = after.pointer(pointer);
    if before.pointer(pointer) == value {
        return Vec::new();
    }
    let field = pointer.trim_start_matches('/').replace('/', ".");
    vec![FieldError::invalid(
        field,
        value.unwrap_or(&Value::Null),
        rule,
    )]
}

/// Whether the specifications differ in more than these fields.
fn spec_but(before: &Value, after: &Value, fields: &[&str]) -> bool {
    let rest = |object: &Value| {
        let mut spec = object
            .get("spec")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        spec.retain(|name, _| !fields.contains(&name.as_str()));
        spec
    };
    rest(before) != rest(after)
}

fn pod(before: &Value, after: &Value) -> Vec<FieldError> {
    let rest = |object: &Value| {
        let mut spec = object
            .get("spec")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        spec.retain(|name, _| !matches!(name.as_str(), "activeDeadlineSeconds" | "tolerations"));
        for list in ["containers", "initContainers"] {
            for container in spec
                .get_mut(list)
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                if let Value::Object(container) = container {
                    container.remove("image");
                }
            }
        }
        spec
    };
    if rest(before) == rest(after) {
        return Vec::new();
    }
    vec![FieldError::forbidden(
        "spec",
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    )]
}

fn data(before: &Value, after: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if before.get("type") != after.get("type") {
        errors.extend(kept(before, after, "/type", "field is immutable"));
    }
    if before.get("immutable") == Some(&Value::Bool(true)) {
        if after.get("immutable") != Some(&Value::Bool(true)) {
            errors.push(FieldError::forbidden(
                "immutable",
                "field is immutable when `immutable` is set",
            ));
        }
        for field in ["data", "binaryData"] {
            if before.get(field) != after.get(field) {
                errors.push(FieldError::forbidden(
                    field,
                    "field is immutable when `immutable` is set",
                ));
            }
        }
    }
    errors
}

fn cluster_ip(before: &Value, after: &Value) -> Vec<FieldError> {
    let (old, new) = (
        before.pointer("/spec/clusterIP"),
        after.pointer("/spec/clusterIP"),
    );
    let external = |o: &Value| o.pointer("/spec/type").is_some_and(|t| t == "ExternalName");
    if old == new || old.is_none() || external(before) || external(after) {
        return Vec::new();
    }
    vec![FieldError::invalid(
        "spec.clusterIPs[0]",
        after.pointer("/spec/clusterIPs").unwrap_or(&Value::Null),
        "may not change once set",
    )]
}
