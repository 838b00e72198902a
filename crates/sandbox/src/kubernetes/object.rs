//! The fields that every object has: kind, name, labels, owner, deletion. Objects are plain JSON.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

pub fn metadata<'a>(object: &'a Value, field: &str) -> &'a str {
    text(object.get("metadata").and_then(|m| m.get(field)))
}

pub fn name(object: &Value) -> &str {
    metadata(object, "name")
}

/// Namespace, empty when missing or when the object is not in one.
pub fn namespace(object: &Value) -> &str {
    metadata(object, "namespace")
}

/// Unique id, empty when missing.
pub fn uid(object: &Value) -> &str {
    metadata(object, "uid")
}

pub fn kind(object: &Value) -> &str {
    text(object.get("kind"))
}

pub fn api_version(object: &Value) -> &str {
    text(object.get("apiVersion"))
}

/// The version of the object in the store; 0 when it has none.
pub fn resource_version(object: &Value) -> u64 {
    metadata(object, "resourceVersion").parse().unwrap_or(0)
}

pub fn labels(object: &Value) -> Option<&Map<String, Value>> {
    object
        .pointer("/metadata/labels")
        .and_then(Value::as_object)
}

pub fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    labels(object)?.get(key)?.as_str()
}

pub fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.pointer("/metadata/annotations")?.get(key)?.as_str()
}

/// Finalizers, in order.
pub fn finalizers(object: &Value) -> Vec<&str> {
    strings(object.pointer("/metadata/finalizers"))
}

pub fn strings(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array)
        .map(|items| items.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

pub fn items(list: Option<&Value>) -> &[Value] {
    list.and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

pub fn is_terminating(object: &Value) -> bool {
    !metadata(object, "deletionTimestamp").is_empty()
}

/// Whether nothing holds a terminating object any longer: no finalizer and no grace period that its
/// kubelet has yet to confirm.
pub fn may_vanish(object: &Value) -> bool {
    let grace = object
        .pointer("/metadata/deletionGracePeriodSeconds")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    is_terminating(object)
        && grace == 0
        && finalizers(object).is_empty()
        && (kind(object) != "Namespace" || strings(object.pointer("/spec/finalizers")).is_empty())
}

pub fn controller(object: &Value) -> Option<(&str, &str, &str)> {
    items(object.pointer("/metadata/ownerReferences"))
        .iter()
        .find(|o| o.get("controller") == Some(&Value::Bool(true)))
        .map(|o| (text(o.get("kind")), text(o.get("name")), text(o.get("uid"))))
}

pub fn metadata_mut(object: &mut Value) -> &mut Map<String, Value> {
    field_mut(object, "metadata")
}

/// The object in a field, made when it is missing or something else.
pub fn field_mut<'a>(object: &'a mut Value, field: &str) -> &'a mut Map<String, Value> {
    if !object.is_object() {
        *object = json!({});
    }
    let fields = as_map(object);
    let entry = fields.entry(field).or_insert_with(|| json!({}));
    if !entry.is_object() {
        *entry = json!({});
    }
    as_map(entry)
}

fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => unreachable!("callers pass objects"),
    }
}

/// Sets or, with `None`, removes a field of the metadata.
pub fn set_metadata(object: &mut Value, field: &str, value: Option<Value>) {
    let metadata = metadata_mut(object);
    match value {
        Some(value) => {
            metadata.insert(field.to_owned(), value);
        }
        None => {
            metadata.remove(field);
        }
    }
}

pub fn add_finalizer(object: &mut Value, finalizer: &str) {
    let mut finalizers = finalizers(object);
    if !finalizers.contains(&finalizer) {
        finalizers.push(finalizer);
        let finalizers = json!(finalizers);
        set_metadata(object, "finalizers", Some(finalizers));
    }
}

/// An empty list of finalizers is left out.
pub fn remove_finalizer(object: &mut Value, finalizer: &str) {
    let mut left = finalizers(object);
    left.retain(|name| *name != finalizer);
    let left = (!left.is_empty()).then(|| json!(left));
    set_metadata(object, "finalizers", left);
}

pub fn set_label(object: &mut Value, key: &str, value: &str) {
    let metadata = metadata_mut(object);
    let labels = metadata.entry("labels").or_insert_with(|| json!({}));
    if let Value::Object(labels) = labels {
        labels.insert(key.to_owned(), value.into());
    }
}

/// A moment as the API writes it: RFC 3339 in UTC with whole seconds.
pub fn format_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub fn now() -> String {
    format_time(Timestamp::now())
}

pub fn parse_time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}
