//! Events: what controllers tell people about an object. The same event again is counted, not repeated.

use std::fmt::{self, Write as _};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::kubernetes::resources::EVENTS;
use crate::kubernetes::{Key, Store, StoreError, object};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    Normal,
    Warning,
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        })
    }
}

pub fn record(
    store: &Store,
    component: &str,
    about: &Value,
    kind: EventType,
    reason: &str,
    message: &str,
) {
    let name = format!(
        "{}.{}",
        object::name(about),
        fingerprint(&[object::uid(about), component, reason, message])
    );
    let namespace = match object::namespace(about) {
        "" => "default",
        namespace => namespace,
    };
    let key = Key::new(EVENTS, namespace, &name);
    let counted = store.modify(&key, |event| {
        event["count"] = (event["count"].as_i64().unwrap_or(0) + 1).into();
        event["lastTimestamp"] = object::now().into();
    });
    if !matches!(counted, Err(StoreError::NotFound(_))) {
        return;
    }
    let now = object::now();
    let event = json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": namespace},
        "involvedObject": {
            "apiVersion": object::api_version(about),
            "kind": object::kind(about),
            "namespace": object::namespace(about),
            "name": object::name(about),
            "uid": object::uid(about),
            "resourceVersion": object::metadata(about, "resourceVersion"),
        },
        "type": kind.to_string(),
        "reason": reason,
        "message": message,
        "source": {"component": component},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
        "eventTime": null,
        "reportingComponent": component,
        "reportingInstance": "",
    });
    // Somebody else recorded the same in between: then it is told.
    let _ = store.create(EVENTS, event);
}

fn fingerprint(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0"));
    digest.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
