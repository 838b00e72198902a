//! Events about objects. The same event again is counted, not repeated.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Cluster;
use crate::kubernetes::resources::EVENTS;
use crate::kubernetes::{Key, StoreError, object};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    Normal,
    Warning,
}

impl Cluster {
    pub fn record(
        &self,
        component: &str,
        about: &Value,
        kind: EventType,
        reason: &str,
        message: &str,
    ) {
        let identity = [object::uid(about), component, reason, message].join("\0");
        let digest = Sha256::digest(identity);
        let digest: String = digest[..8].iter().map(|b| format!("{b:02x}")).collect();
        let name = format!("{}.{digest}", object::name(about));
        let namespace = match object::namespace(about) {
            "" => "default",
            namespace => namespace,
        };
        let counted = self
            .store
            .modify(&Key::new(EVENTS, namespace, &name), |event| {
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
            "type": format!("{kind:?}"),
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
        // The event exists if another controller recorded it in between.
        let _ = self.store.create(EVENTS, event);
    }
}
