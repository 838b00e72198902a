//! Conditions in an object's status: a list with one entry for each type and the time of its last change.

use serde_json::{Map, Value, json};

use crate::kubernetes::object;

/// Sets a condition. Its time changes only with its status. An empty reason or message is left out.
pub fn set(status: &mut Map<String, Value>, kind: &str, holds: bool, reason: &str, message: &str) {
    let wanted = if holds { "True" } else { "False" };
    let conditions = status.entry("conditions").or_insert_with(|| json!([]));
    let Value::Array(conditions) = conditions else {
        return;
    };
    let position = conditions.iter().position(|c| c["type"] == kind);
    let since = position
        .map(|position| &conditions[position])
        .filter(|before| before["status"] == wanted)
        .and_then(|before| before.get("lastTransitionTime").cloned())
        .unwrap_or_else(|| object::now().into());
    let mut entry = json!({"type": kind, "status": wanted, "lastTransitionTime": since});
    for (field, text) in [("reason", reason), ("message", message)] {
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
