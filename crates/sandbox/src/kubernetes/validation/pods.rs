//! Rules of pod specifications.

use std::collections::HashSet;

use serde_json::Value;

use super::names;
use crate::kubernetes::object;
use crate::kubernetes::quantity::Quantity;
use crate::kubernetes::status::FieldError;

/// What is wrong with a pod specification at a path. A StatefulSet's claims become volumes in its pods.
pub(super) fn spec(at: &str, spec: Option<&Value>, claims: &[Value]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let list = |field: &str| object::items(spec.and_then(|s| s.get(field)));
    let mut volumes = HashSet::new();
    for (i, volume) in list("volumes").iter().enumerate() {
        let at = format!("{at}.volumes[{i}]");
        errors.extend(dns_name(&at, volume));
        if !volumes.insert(name_of(volume)) {
            errors.push(FieldError::duplicate(
                format!("{at}.name"),
                &name_of(volume).into(),
            ));
        }
    }
    volumes.extend(claims.iter().map(object::name));
    if list("containers").is_empty() {
        errors.push(FieldError::required(format!("{at}.containers"), ""));
    }
    let mut seen = HashSet::new();
    for field in ["initContainers", "containers"] {
        for (i, item) in list(field).iter().enumerate() {
            let at = format!("{at}.{field}[{i}]");
            errors.extend(container(&at, item, &volumes));
            if !seen.insert(name_of(item)) {
                errors.push(FieldError::duplicate(
                    format!("{at}.name"),
                    &name_of(item).into(),
                ));
            }
        }
    }
    if let Some(policy) = spec.and_then(|s| s.get("restartPolicy")) {
        let policies = ["Always", "OnFailure", "Never"];
        if !policies.iter().any(|p| policy == p) {
            errors.push(FieldError::unsupported(
                format!("{at}.restartPolicy"),
                policy,
                &policies,
            ));
        }
    }
    errors
}

fn name_of(item: &Value) -> &str {
    item.get("name").and_then(Value::as_str).unwrap_or_default()
}

fn dns_name(at: &str, item: &Value) -> Option<FieldError> {
    let name = name_of(item);
    if name.is_empty() {
        return Some(FieldError::required(format!("{at}.name"), ""));
    }
    names::label(name)
        .err()
        .map(|rule| FieldError::invalid(format!("{at}.name"), &name.into(), rule))
}

fn container(at: &str, container: &Value, volumes: &HashSet<&str>) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = dns_name(at, container).into_iter().collect();
    let image = container
        .get("image")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if image.is_empty() {
        errors.push(FieldError::required(format!("{at}.image"), ""));
    }
    for (i, port) in object::items(container.get("ports")).iter().enumerate() {
        errors.extend(super::services::port_number(
            &format!("{at}.ports[{i}].containerPort"),
            port.get("containerPort"),
        ));
    }
    for (i, variable) in object::items(container.get("env")).iter().enumerate() {
        if name_of(variable).is_empty() {
            errors.push(FieldError::required(format!("{at}.env[{i}].name"), ""));
        }
    }
    for (i, mount) in object::items(container.get("volumeMounts"))
        .iter()
        .enumerate()
    {
        let name = name_of(mount);
        if !volumes.contains(name) {
            errors.push(FieldError::not_found(
                format!("{at}.volumeMounts[{i}].name"),
                &name.into(),
            ));
        }
        if mount
            .get("mountPath")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .is_empty()
        {
            errors.push(FieldError::required(
                format!("{at}.volumeMounts[{i}].mountPath"),
                "",
            ));
        }
    }
    errors.extend(requests_within_limits(at, container));
    errors
}

fn requests_within_limits(at: &str, container: &Value) -> Vec<FieldError> {
    let requests = container
        .pointer("/resources/requests")
        .and_then(Value::as_object);
    let mut errors = Vec::new();
    for (resource, request) in requests.into_iter().flatten() {
        let limit = container
            .pointer("/resources/limits")
            .and_then(|l| l.get(resource));
        let parsed = |v: &Value| v.as_str().and_then(|t| t.parse::<Quantity>().ok());
        if let (Some(amount), Some(limit)) = (parsed(request), limit.and_then(parsed))
            && amount > limit
        {
            errors.push(FieldError::invalid(
                format!("{at}.resources.requests"),
                request,
                format!("must be less than or equal to {resource} limit of {limit}"),
            ));
        }
    }
    errors
}
