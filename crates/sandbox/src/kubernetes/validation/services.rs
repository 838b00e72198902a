//! Rules of services.

use std::collections::HashSet;

use serde_json::Value;

use super::names;
use crate::kubernetes::object;
use crate::kubernetes::status::FieldError;

const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];

/// What is wrong with a service.
pub(super) fn service(service: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let spec = service.get("spec").unwrap_or(&Value::Null);
    let text = |field: &str| spec.get(field).and_then(Value::as_str).unwrap_or_default();
    if !TYPES.contains(&text("type")) {
        errors.push(FieldError::unsupported(
            "spec.type",
            &text("type").into(),
            &TYPES,
        ));
    }
    let ports = object::items(spec.get("ports"));
    let headless = text("clusterIP") == "None";
    if ports.is_empty() && !headless && text("type") != "ExternalName" {
        errors.push(FieldError::required("spec.ports", ""));
    }
    if text("type") == "ExternalName" && text("externalName").is_empty() {
        errors.push(FieldError::required("spec.externalName", ""));
    }
    let mut seen = HashSet::new();
    for (i, port) in ports.iter().enumerate() {
        let at = format!("spec.ports[{i}]");
        let name = port.get("name").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() && ports.len() > 1 {
            errors.push(FieldError::required(format!("{at}.name"), ""));
        } else if !name.is_empty() {
            if let Err(rule) = names::label(name) {
                errors.push(FieldError::invalid(
                    format!("{at}.name"),
                    &name.into(),
                    rule,
                ));
            }
            if !seen.insert(name) {
                errors.push(FieldError::duplicate(format!("{at}.name"), &name.into()));
            }
        }
        errors.extend(port_number(&format!("{at}.port"), port.get("port")));
        if let Some(target) = port.get("targetPort").filter(|t| t.is_i64()) {
            errors.extend(port_number(&format!("{at}.targetPort"), Some(target)));
        }
        if let Some(protocol) = port.get("protocol")
            && !PROTOCOLS.iter().any(|p| protocol == p)
        {
            errors.push(FieldError::unsupported(
                format!("{at}.protocol"),
                protocol,
                &PROTOCOLS,
            ));
        }
    }
    errors
}

/// What is wrong with a port's number.
pub(super) fn port_number(at: &str, port: Option<&Value>) -> Option<FieldError> {
    let number = port.and_then(Value::as_i64).unwrap_or(0);
    (!(1..=65535).contains(&number))
        .then(|| FieldError::invalid(at, &number.into(), "must be between 1 and 65535, inclusive"))
}
