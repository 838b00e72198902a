//! Conditions in an object's status: a list with one entry a type and the time each last changed.

use serde_json::{Map, Value, json};

use crate::kubernetes::object;

pub struct Condition<'a> {
    pub kind: &'a str,
    pub status: bool,
    pub reason: &'a str,
    pub message: &'a str,
}

/// Sets a condition; its time moves only when its status does. Empty reasons and messages are left out.
pub fn set(status: &mut Map<String, Value>, condition: &Condition<'_>) {
    let wanted = if condition.status { "True" } else { "False" };
    let conditions = status.entry("conditions").or_insert_with(|| json!([]));
    let Value::Array(conditions) = conditions else {
        return;
    };
    let position = conditions.iter().position(|c| c["type"] == condition.kind);
    let since = position
        .map(|position| &conditions[position])
        .filter(|before| before["status"] == wanted)
        .and_then(|before| before.get("lastTransitionTime").cloned())
        .unwrap_or_else(|| object::now().into());
    let mut entry = json!({
        "type": condition.kind,
        "status": wanted,
        "lastTransitionTime": since,
    });
    for (field, text) in [("reason", condition.reason), ("message", condition.message)] {
        if !text.is_empty() {
            entry[field] = text.into();
        }
    }
    match position {
        Some(position) => conditions[position] = entry,
        None => conditions.push(entry),
    }
}

pub fn is_true(object: &Value, kind: &str) -> bool {
    object::items(object.pointer("/status/conditions"))
        .iter()
        .any(|c| c["type"] == kind && c["status"] == "True")
}
