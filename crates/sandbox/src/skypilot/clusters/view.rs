//! Clusters as `/status` shows them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Cluster, Status};
use crate::skypilot::python;
use crate::skypilot::requests::PICKLED_NONE;
use crate::skypilot::store::State;

/// Which fields of a cluster are shown.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Shown {
    #[serde(default)]
    summary_response: bool,
    #[serde(default = "yes")]
    include_credentials: bool,
}

fn yes() -> bool {
    true
}

/// Fields that a summary lacks.
const NOT_IN_SUMMARY: [&str; 7] = [
    "cluster_name_on_cloud",
    "last_creation_command",
    "last_creation_yaml",
    "last_event",
    "links",
    "metadata",
    "owner",
];

pub fn record(state: &State, cluster: &Cluster, shown: Shown) -> Value {
    let resources = &cluster.resources;
    let is_init = cluster.status == Status::Init;
    let last_event = cluster.events.last().map(|event| event.reason.as_str());
    // No login before there is a machine.
    let has_credentials = shown.include_credentials && cluster.machine.is_some();
    let mut record = json!({
        "name": cluster.name,
        "launched_at": cluster.launched_at,
        "status": cluster.status,
        "status_updated_at": cluster.status_updated_at,
        "autostop": cluster.autostop.idle_minutes,
        "to_down": cluster.autostop.down,
        "cluster_hash": cluster.hash,
        "cluster_ever_up": cluster.ever_up,
        "cluster_name_on_cloud": cluster.name_on_cloud(),
        "user_hash": cluster.user_id,
        "user_name": state.user_name(&cluster.user_id),
        "workspace": cluster.workspace,
        "owner": cluster.owner,
        "is_managed": false,
        "init_kind": is_init.then_some("launching"),
        "init_status_reason": last_event.filter(|_| is_init),
        "last_event": last_event,
        "last_use": cluster.last_use,
        "last_creation_yaml": cluster.yaml,
        "last_creation_command": cluster.command,
        "resources_str": format!("1x{}", resources.short()),
        "resources_str_full": format!("1x{}", resources.full()),
        "nodes": 1,
        "node_names": cluster.node_name(),
        "cloud": resources.cloud.name(),
        "region": resources.region,
        "cpus": python::float(resources.vcpus),
        "memory": python::float(resources.memory),
        "accelerators": resources.accelerators(),
        "labels": {},
        "links": {},
        "metadata": {},
        "priority": 0,
        // The real server pickles these, requested or not.
        "handle": PICKLED_NONE,
        "storage_mounts_metadata": PICKLED_NONE,
        "credentials": has_credentials.then(|| credentials(cluster)),
    });
    if shown.summary_response {
        record["last_use"] = "".into();
        record["status_updated_at"] = 0.into();
    }
    if let Some(fields) = record.as_object_mut() {
        fields.retain(|name, value| {
            let in_summary = !NOT_IN_SUMMARY.contains(&name.as_str());
            !value.is_null() && (in_summary || !shown.summary_response)
        });
    }
    record
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
