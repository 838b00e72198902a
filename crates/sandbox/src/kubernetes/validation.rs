//! Whether an object keeps the rules of its kind that the portal and its users run into, in the words of a real API
//! server.

use serde_json::Value;

use super::object;
use super::resources::{GroupResource, NAMESPACES, Resource, SERVICES};
use super::status::FieldError;

pub fn new_object(resource: &Resource, object: &Value) -> Vec<FieldError> {
    let mut errors = metadata(resource, object);
    match (resource.group, resource.kind) {
        ("", "Pod") => errors.extend(pod("spec", object.get("spec"))),
        ("apps", _) => {
            errors.extend(selector(resource, object));
            let spec = object.pointer("/spec/template/spec");
            errors.extend(pod("spec.template.spec", spec));
        }
        ("", "Service") if is_empty(object, "/spec/ports") => {
            let headless = object
                .pointer("/spec/clusterIP")
                .is_some_and(|ip| ip == "None");
            let external = object
                .pointer("/spec/type")
                .is_some_and(|t| t == "ExternalName");
            if !headless && !external {
                errors.push(FieldError::required("spec.ports", ""));
            }
        }
        ("", "PersistentVolumeClaim") if is_empty(object, "/spec/accessModes") => {
            let rule = "at least 1 access mode is required";
            errors.push(FieldError::required("spec.accessModes", rule));
        }
        _ => {}
    }
    errors
}

pub fn changed_object(resource: &Resource, before: &Value, after: &Value) -> Vec<FieldError> {
    let mut errors = new_object(resource, after);
    match (resource.group, resource.kind) {
        ("apps", "StatefulSet") if spec_but(before, after, &STATEFUL_SET_CHANGES) => errors.push(FieldError::forbidden(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        )),
        ("apps", _) => errors.extend(kept(before, after, "/spec/selector", "field is immutable")),
        ("", "PersistentVolumeClaim") if spec_but(before, after, &["resources", "volumeName"]) => errors.push(FieldError::forbidden(
            "spec",
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
        )),
        ("", "Secret") => errors.extend(kept(before, after, "/type", "field is immutable")),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            errors.extend(kept(before, after, "/roleRef", "cannot change roleRef"));
        }
        _ => {}
    }
    errors
}

const STATEFUL_SET_CHANGES: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

fn is_empty(object: &Value, pointer: &str) -> bool {
    object::items(object.pointer(pointer)).is_empty()
}

fn metadata(resource: &Resource, object: &Value) -> Vec<FieldError> {
    let name = object::name(object);
    let mut errors = Vec::new();
    if name.is_empty() {
        let rule = "name or generateName is required";
        errors.push(FieldError::required("metadata.name", rule));
    } else if let Err(rule) = name_rule(resource.id(), name) {
        errors.push(FieldError::invalid("metadata.name", &name.into(), rule));
    }
    for (_, value) in object::labels(object).into_iter().flatten() {
        let text = value.as_str().unwrap_or_default();
        let ends = |c: char| c.is_ascii_alphanumeric();
        let good = text.len() <= 63
            && (text.is_empty() || text.starts_with(ends) && text.ends_with(ends))
            && text
                .chars()
                .all(|c| ends(c) || matches!(c, '-' | '_' | '.'));
        if !good {
            errors.push(FieldError::invalid("metadata.labels", value, LABEL_VALUE));
        }
    }
    errors
}

const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/// Whether a name has the form that a resource asks for; the error is the rule.
fn name_rule(resource: GroupResource, name: &str) -> Result<(), &'static str> {
    let is_label = |part: &str| {
        let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        part.starts_with(ends) && part.ends_with(ends) && part.chars().all(|c| ends(c) || c == '-')
    };
    let (good, longest, rule) = match resource {
        NAMESPACES => (
            is_label(name),
            63,
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        ),
        SERVICES => (
            is_label(name) && name.starts_with(|c: char| c.is_ascii_lowercase()),
            63,
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
        ),
        // Anything that can stand in a path.
        _ if resource.group == "rbac.authorization.k8s.io" => (
            !name.contains(['/', '%']) && name != "." && name != "..",
            253,
            "may not be '.' or '..' and may not contain '/' or '%'",
        ),
        _ => (
            name.split('.').all(is_label),
            253,
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ),
    };
    match name.len() {
        _ if !good => Err(rule),
        length if length > longest => Err("must be no more than 63 or 253 characters"),
        _ => Ok(()),
    }
}

fn pod(at: &str, spec: Option<&Value>) -> Vec<FieldError> {
    let containers = object::items(spec.and_then(|spec| spec.get("containers")));
    if containers.is_empty() {
        return vec![FieldError::required(format!("{at}.containers"), "")];
    }
    let mut errors = Vec::new();
    for (i, container) in containers.iter().enumerate() {
        for field in ["name", "image"] {
            if container
                .get(field)
                .and_then(Value::as_str)
                .is_none_or(str::is_empty)
            {
                let at = format!("{at}.containers[{i}].{field}");
                errors.push(FieldError::required(at, ""));
            }
        }
    }
    errors
}

fn selector(resource: &Resource, object: &Value) -> Option<FieldError> {
    let selector = object.pointer("/spec/selector").filter(|s| !s.is_null());
    let Some(selector) = selector else {
        return Some(FieldError::required("spec.selector", ""));
    };
    let labels = object.pointer("/spec/template/metadata/labels");
    let matches = super::selectors::LabelSelector::from_object(selector)
        .is_ok_and(|s| s.matches(labels.and_then(Value::as_object)));
    (resource.group == "apps" && !matches).then(|| {
        FieldError::invalid(
            "spec.template.metadata.labels",
            labels.unwrap_or(&Value::Null),
            "`selector` does not match template `labels`",
        )
    })
}

fn kept(before: &Value, after: &Value, pointer: &str, rule: &str) -> Option<FieldError> {
    let value = after.pointer(pointer);
    let field = pointer.trim_start_matches('/').replace('/', ".");
    (before.pointer(pointer) != value)
        .then(|| FieldError::invalid(field, value.unwrap_or(&Value::Null), rule))
}

fn spec_but(before: &Value, after: &Value, fields: &[&str]) -> bool {
    let rest = |object: &Value| {
        let spec = object.get("spec").and_then(Value::as_object).cloned();
        let mut spec = spec.unwrap_or_default();
        spec.retain(|name, _| !fields.contains(&name.as_str()));
        spec
    };
    rest(before) != rest(after)
}
