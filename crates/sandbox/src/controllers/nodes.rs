//! The machines of the host cluster. They are all this machine, so their address is loopback.

use serde_json::{Value, json};

use crate::kubernetes::resources::NODES;
use crate::kubernetes::{Store, object};

const NODE: &str = include_str!("node.yaml");
const NAMES: [&str; 2] = ["eu-1-a", "eu-1-b"];

/// Puts the host's nodes into a new cluster; those that are there already stay.
pub fn create_host_nodes(store: &Store) {
    for name in NAMES {
        // Already there after a restart.
        let _ = store.create(
            NODES,
            node(name, "127.0.0.1", &[("topology.kubernetes.io/zone", name)]),
        );
    }
}

pub fn node(name: &str, address: &str, labels: &[(&str, &str)]) -> Value {
    let mut node: Value = serde_norway::from_str(NODE).unwrap_or_default();
    node["metadata"]["name"] = name.into();
    for (key, value) in labels.iter().chain(&[("kubernetes.io/hostname", name)]) {
        object::set_label(&mut node, key, value);
    }
    node["status"]["addresses"] = json!([
        {"type": "InternalIP", "address": address},
        {"type": "Hostname", "address": name},
    ]);
    if let Value::Array(conditions) = &mut node["status"]["conditions"] {
        for condition in conditions {
            condition["lastHeartbeatTime"] = object::now().into();
            condition["lastTransitionTime"] = object::now().into();
        }
    }
    node
}
