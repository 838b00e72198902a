//! Events, which two API groups show: core with older names of some fields, events.k8s.io with newer.

use serde_json::Value;

use super::object;
use super::resources::Resource;

const FIELDS: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
];

/// Whether a resource shows events in another form than they are kept in.
pub fn is_foreign(resource: &Resource) -> bool {
    resource.group == "events.k8s.io"
}

pub fn shown(resource: &Resource, kept: &Value) -> Value {
    let mut event = kept.clone();
    if !is_foreign(resource) || object::kind(kept) != "Event" {
        return event;
    }
    if let Value::Object(fields) = &mut event {
        fields.insert("apiVersion".to_owned(), resource.api_version().into());
        for (core, new) in FIELDS {
            if let Some(value) = fields.remove(core) {
                fields.insert(new.to_owned(), value);
            }
        }
    }
    event
}

pub fn kept(resource: &Resource, sent: &Value) -> Value {
    let mut event = sent.clone();
    if !is_foreign(resource) {
        return event;
    }
    if let Value::Object(fields) = &mut event {
        fields.insert("apiVersion".to_owned(), "v1".into());
        for (core, new) in FIELDS {
            if let Some(value) = fields.remove(new) {
                fields.insert(core.to_owned(), value);
            }
        }
    }
    event
}
