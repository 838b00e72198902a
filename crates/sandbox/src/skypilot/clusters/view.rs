//! Clusters as `/status` shows them.

use serde_json::{Value, json};

use super::{Cluster, Status, without_nulls};
use crate::skypilot::python;
use crate::skypilot::requests::PICKLED_NONE;
use crate::skypilot::store::State;

#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Only what a list needs.
    pub summary: bool,
    pub credentials: bool,
}

pub fn record(state: &State, cluster: &Cluster, shown: Shown) -> Value {
    let resources = &cluster.resources;
    let is_init = cluster.status == Status::Init;
    let last_event = cluster.events.last().map(|event| event.reason.as_str());
    let mut row = json!({
        "name": cluster.name,
        "launched_at": cluster.launched_at,
        "status": cluster.status,
        "autostop": cluster.autostop.idle_minutes,
        "to_down": cluster.autostop.down,
        "cluster_hash": cluster.hash,
        "cluster_ever_up": cluster.ever_up,
        "user_hash": cluster.user_id,
        "user_name": state.user_name(&cluster.user_id),
        "workspace": cluster.workspace,
        "is_managed": false,
        "init_kind": is_init.then_some(match cluster.unhealthy {
            Some(_) => "unhealthy",
            None => "launching",
        }),
        "init_status_reason": is_init
            .then(|| cluster.unhealthy.as_deref().or(last_event))
            .flatten(),
        "resources_str": format!("1x{}", resources.short()),
        "resources_str_full": format!("1x{}", resources.full()),
        "nodes": 1,
        "cloud": resources.cloud.name(),
        "region": resources.region,
        "cpus": python::float(resources.vcpus),
        "memory": python::float(resources.memory),
        "accelerators": resources.accelerators(),
        "labels": {},
        "node_names": cluster.node_name(),
        "priority": 0,
        "last_use": "",
        "status_updated_at": 0,
        // The real server pickles something here whether it is asked for or not.
        "handle": PICKLED_NONE,
        "storage_mounts_metadata": PICKLED_NONE,
    });
    if !shown.summary {
        row["last_use"] = json!(cluster.last_use);
        row["status_updated_at"] = json!(cluster.status_updated_at);
        row["owner"] = json!(cluster.owner);
        row["metadata"] = json!({});
        row["last_creation_yaml"] = json!(cluster.yaml);
        row["last_creation_command"] = json!(cluster.command);
        row["last_event"] = json!(last_event);
        row["cluster_name_on_cloud"] = json!(cluster.name_on_cloud());
        row["links"] = json!({});
    }
    // There is nothing to log in to before there is a machine.
    if shown.credentials && cluster.machine.is_some() {
        row["credentials"] = credentials(cluster);
    }
    without_nulls(row)
}

fn credentials(cluster: &Cluster) -> Value {
    json!({
        "ssh_user": cluster.resources.cloud.ssh_user(),
        "ssh_private_key": format!("~/.sky/clients/{}/ssh/sky-key", cluster.user_id),
        "ssh_control_name": cluster.name_on_cloud(),
        "ssh_proxy_command": null,
        "ssh_private_key_content": cluster.private_key,
    })
}
