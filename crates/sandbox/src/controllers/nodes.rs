//! The machines of the host cluster. They are all this machine, so their address is loopback.

use serde_json::{Value, json};

use crate::kubernetes::resources::NODES;
use crate::kubernetes::{Store, object};

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
    let now = object::now();
    let capacity = json!({
        "cpu": "64", "memory": "256Gi", "ephemeral-storage": "1Ti", "pods": "500", "hugepages-2Mi": "0",
    });
    let condition = |kind: &str, status: &str, reason: &str, message: &str| {
        json!({
            "type": kind, "status": status, "reason": reason, "message": message,
            "lastHeartbeatTime": now, "lastTransitionTime": now,
        })
    };
    let mut node = json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "beta.kubernetes.io/os": "linux", "beta.kubernetes.io/arch": "amd64",
            },
        },
        "spec": {},
        "status": {
            "capacity": capacity,
            "allocatable": capacity,
            "addresses": [
                {"type": "InternalIP", "address": address},
                {"type": "Hostname", "address": name},
            ],
            "conditions": [
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
            ],
            "nodeInfo": {
                "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "6.12.0", "osImage": "Hangar sandbox",
                "containerRuntimeVersion": "sandbox://1", "kubeletVersion": "v1.36.0", "kubeProxyVersion": "",
                "operatingSystem": "linux", "architecture": "amd64",
            },
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        },
    });
    for (key, value) in labels {
        object::set_label(&mut node, key, value);
    }
    node
}
