//! Whether an object keeps the rules of its kind, in the words of a real API server.

mod changes;
pub mod names;
mod pods;
mod services;

use serde_json::Value;

use super::object;
use super::resources::Resource;
use super::status::FieldError;

/// Most bytes of all annotations together.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;
/// Most bytes in a ConfigMap or Secret.
const DATA_LIMIT: usize = 1024 * 1024;

/// What is wrong with a new object.
pub fn new_object(resource: &Resource, object: &Value) -> Vec<FieldError> {
    let mut errors = metadata(resource, object);
    errors.extend(content(resource, object));
    errors
}

/// What is wrong with a change of an object.
pub fn changed_object(resource: &Resource, before: &Value, after: &Value) -> Vec<FieldError> {
    let mut errors = metadata(resource, after);
    errors.extend(content(resource, after));
    errors.extend(changes::immutable(resource, before, after));
    errors
}

fn metadata(resource: &Resource, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let name = object::name(object);
    let shown = Value::from(name);
    if name.is_empty() {
        errors.push(FieldError::required(
            "metadata.name",
            "name or generateName is required",
        ));
    } else if let Err(rule) = names::form_of(resource.id())(name) {
        errors.push(FieldError::invalid("metadata.name", &shown, rule));
    }
    errors.extend(labels(
        "metadata.labels",
        object.pointer("/metadata/labels"),
    ));
    if let Some(Value::Object(annotations)) = object.pointer("/metadata/annotations") {
        let mut size = 0;
        for (key, value) in annotations {
            size += key.len() + value.as_str().map_or(0, str::len);
            if let Err(rule) = names::qualified(&key.to_lowercase()) {
                errors.push(FieldError::invalid(
                    "metadata.annotations",
                    &key.as_str().into(),
                    rule,
                ));
            }
        }
        if size > ANNOTATIONS_LIMIT {
            errors.push(FieldError::too_long(
                "metadata.annotations",
                ANNOTATIONS_LIMIT,
            ));
        }
    }
    for finalizer in object::finalizers(object) {
        if let Err(rule) = names::qualified(finalizer) {
            errors.push(FieldError::invalid(
                "metadata.finalizers",
                &finalizer.into(),
                rule,
            ));
        }
    }
    errors
}

fn labels(field: &str, labels: Option<&Value>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (key, value) in labels.and_then(Value::as_object).into_iter().flatten() {
        if let Err(rule) = names::qualified(key) {
            errors.push(FieldError::invalid(field, &key.as_str().into(), rule));
        }
        if let Err(rule) = names::label_value(value.as_str().unwrap_or_default()) {
            errors.push(FieldError::invalid(field, value, rule));
        }
    }
    errors
}

fn content(resource: &Resource, object: &Value) -> Vec<FieldError> {
    match (resource.group, resource.kind) {
        ("", "Pod") => pods::spec("spec", object.get("spec"), &[]),
        ("apps", _) => workload(resource, object),
        ("", "Service") => services::service(object),
        ("", "ConfigMap" | "Secret") => data(object),
        ("", "PersistentVolumeClaim") => claim(object),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => binding(object),
        ("rbac.authorization.k8s.io", _) => rules(object),
        ("networking.k8s.io", "Ingress") => ingress(object),
        _ => Vec::new(),
    }
}

fn workload(resource: &Resource, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Some(replicas) = object.pointer("/spec/replicas")
        && replicas.as_i64().is_some_and(|n| n < 0)
    {
        errors.push(FieldError::invalid(
            "spec.replicas",
            replicas,
            "must be greater than or equal to 0",
        ));
    }
    let selector = object.pointer("/spec/selector").filter(|s| !s.is_null());
    match selector {
        None => errors.push(FieldError::required("spec.selector", "")),
        Some(selector) if selector.as_object().is_some_and(serde_json::Map::is_empty) => {
            errors.push(FieldError::invalid(
                "spec.selector",
                selector,
                format!("empty selector is invalid for {}", resource.singular),
            ));
        }
        Some(selector) => {
            let template_labels = object.pointer("/spec/template/metadata/labels");
            let matches = super::selectors::LabelSelector::from_object(selector)
                .is_ok_and(|s| s.matches(template_labels.and_then(Value::as_object)));
            if !matches {
                errors.push(FieldError::invalid(
                    "spec.template.metadata.labels",
                    template_labels.unwrap_or(&Value::Null),
                    "`selector` does not match template `labels`",
                ));
            }
        }
    }
    errors.extend(labels(
        "spec.template.labels",
        object.pointer("/spec/template/metadata/labels"),
    ));
    errors.extend(pods::spec(
        "spec.template.spec",
        object.pointer("/spec/template/spec"),
        object::items(object.pointer("/spec/volumeClaimTemplates")),
    ));
    let restart = object.pointer("/spec/template/spec/restartPolicy");
    if let Some(policy) = restart.filter(|p| *p != "Always") {
        errors.push(FieldError::unsupported(
            "spec.template.spec.restartPolicy",
            policy,
            &["Always"],
        ));
    }
    errors
}

fn data(object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut size = 0;
    for field in ["data", "binaryData"] {
        for (key, value) in object
            .get(field)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            size += value.as_str().map_or(0, str::len);
            if let Err(rule) = names::data_key(key) {
                errors.push(FieldError::invalid(
                    format!("{field}[{key}]"),
                    &key.as_str().into(),
                    rule,
                ));
            }
        }
    }
    if size > DATA_LIMIT {
        errors.push(FieldError::too_long("data", DATA_LIMIT));
    }
    errors
}

fn claim(object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if object::items(object.pointer("/spec/accessModes")).is_empty() {
        errors.push(FieldError::required(
            "spec.accessModes",
            "at least 1 access mode is required",
        ));
    }
    if object.pointer("/spec/resources/requests/storage").is_none() {
        errors.push(FieldError::required("spec.resources[storage]", ""));
    }
    errors
}

fn binding(object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let text = |path: &str| {
        object
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    if text("/roleRef/name").is_empty() {
        errors.push(FieldError::required("roleRef.name", ""));
    }
    let kinds = ["ClusterRole", "Role"];
    if !kinds.contains(&text("/roleRef/kind")) {
        errors.push(FieldError::unsupported(
            "roleRef.kind",
            &text("/roleRef/kind").into(),
            &kinds,
        ));
    }
    for (i, subject) in object::items(object.get("subjects")).iter().enumerate() {
        let field = |name: &str| {
            subject
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let at = format!("subjects[{i}]");
        if field("name").is_empty() {
            errors.push(FieldError::required(format!("{at}.name"), ""));
        }
        match field("kind") {
            "ServiceAccount" if field("namespace").is_empty() => {
                errors.push(FieldError::required(format!("{at}.namespace"), ""));
            }
            "ServiceAccount" | "User" | "Group" => {}
            other => errors.push(FieldError::unsupported(
                format!("{at}.kind"),
                &other.into(),
                &["Group", "ServiceAccount", "User"],
            )),
        }
    }
    errors
}

fn rules(object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (i, rule) in object::items(object.get("rules")).iter().enumerate() {
        let has = |field: &str| !object::items(rule.get(field)).is_empty();
        if !has("verbs") {
            errors.push(FieldError::required(
                format!("rules[{i}].verbs"),
                "verbs must contain at least one value",
            ));
        }
        if has("nonResourceURLs") {
            continue;
        }
        for field in ["apiGroups", "resources"] {
            if !has(field) {
                errors.push(FieldError::required(
                    format!("rules[{i}].{field}"),
                    &format!(
                        "resource rules must supply at least one {}",
                        if field == "resources" {
                            "resource"
                        } else {
                            "api group"
                        }
                    ),
                ));
            }
        }
    }
    errors
}

fn ingress(object: &Value) -> Vec<FieldError> {
    let spec = object.get("spec");
    let has = |field: &str| {
        spec.and_then(|s| s.get(field))
            .is_some_and(|v| !v.is_null())
    };
    if has("rules") || has("defaultBackend") {
        return Vec::new();
    }
    vec![FieldError::invalid(
        "spec",
        spec.unwrap_or(&Value::Null),
        "either `defaultBackend` or `rules` must be specified",
    )]
}
