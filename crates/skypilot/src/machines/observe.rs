//! Converts a SkyPilot cluster into the port's machine.

use crate::{
    client::{self, Cluster, ClusterState, InitKind},
    plain_text::plain,
};
use domain::node::{
    job::{Job, JobState},
    order::{Autostop, IdleAction},
    view::{NodeEvent, Placement},
};
use jiff::Timestamp;
use provisioning::ports::machines::{Machine, MachineState};

pub(super) fn machine(cluster: Cluster) -> Machine {
    let state = state(&cluster);
    let full = cluster.resources_str_full.as_deref();
    let placement = match (&cluster.cloud, &cluster.region) {
        (Some(cloud), Some(region)) => Some(Placement {
            cloud: cloud.to_lowercase(),
            region: region.clone(),
            instance_type: full.and_then(instance_type),
        }),
        _ => None,
    };
    Machine {
        state,
        reason: cluster
            .init_status_reason
            .or(cluster.last_event)
            .map(|reason| plain(&reason)),
        autostop: autostop(cluster.autostop, cluster.to_down),
        placement,
        resources: cluster
            .resources_str
            .or(cluster.resources_str_full)
            .unwrap_or_default(),
        launched_at: cluster.launched_at,
        ever_up: cluster.cluster_ever_up,
        name: cluster.name,
        workspace: cluster.workspace,
    }
}

fn state(cluster: &Cluster) -> MachineState {
    match cluster.status {
        ClusterState::Up => MachineState::Up,
        ClusterState::Autostopping => MachineState::Autostopping,
        ClusterState::Stopped => MachineState::Stopped,
        ClusterState::Pending => MachineState::Launching,
        ClusterState::Init if cluster.init_kind == Some(InitKind::Unhealthy) => {
            MachineState::Unhealthy
        }
        ClusterState::Init => MachineState::Launching,
        // The machine exists, but in an unusable state.
        ClusterState::Unknown => MachineState::Unhealthy,
    }
}

fn autostop(minutes: i64, down: bool) -> Option<Autostop> {
    Some(Autostop {
        idle_minutes: u32::try_from(minutes).ok()?,
        then: if down {
            IdleAction::Delete
        } else {
            IdleAction::Stop
        },
    })
}

/// The autostop setting for SkyPilot.
pub(super) fn wanted_autostop(autostop: Option<Autostop>) -> client::Autostop {
    client::Autostop {
        idle_minutes: autostop.map(|autostop| autostop.idle_minutes),
        down: autostop.is_some_and(|autostop| autostop.then == IdleAction::Delete),
    }
}

/// The machine type in `1x(gpus=H100:1, cpus=16, mem=256, p5.4xlarge, disk=256)`: the only part without a key.
fn instance_type(resources: &str) -> Option<String> {
    let (_, parts) = resources.split_once('(')?;
    let parts = parts.trim_end_matches(')').split(", ");
    let named =
        |part: &&str| !part.is_empty() && *part != "..." && !part.contains(['=', '[', '\'']);
    parts.map(str::trim).find(named).map(str::to_owned)
}

pub(super) fn events(events: Vec<client::ClusterEvent>) -> Vec<NodeEvent> {
    let event = |event: client::ClusterEvent| {
        Some(NodeEvent {
            at: event.transitioned_at?,
            message: plain(&event.reason),
        })
    };
    events.into_iter().filter_map(event).collect()
}

/// Whether the last launch or start of a machine completed, according to its events.
///
/// SkyPilot 0.14.1 reports a machine whose launch was interrupted (cancelled, or by a restart of the server) as `UP`
/// after its next query of the cloud, which its daemon does every minute: the machine runs, but whether anything was
/// installed is not checked (`should_check_ray` in `_update_cluster_status`). Only the events show it. They are kept
/// for 30 days; if the launch is not among them, the machine has been up for long.
pub(super) fn was_set_up(events: &[NodeEvent]) -> bool {
    let last = |begins: &str| {
        events
            .iter()
            .rposition(|event| event.message.starts_with(begins))
    };
    match last("Provisioning on ") {
        Some(begun) => last("Cluster successfully provisioned").is_some_and(|done| done > begun),
        None => true,
    }
}

/// Marks a machine whose launch was interrupted.
pub(super) fn mark_as_broken(machine: &mut Machine) {
    machine.state = MachineState::Unhealthy;
    machine.ever_up = false;
    machine.reason = Some(
        "The machine runs, but its launch was interrupted before SkyPilot had set it up. Delete the node and \
         create a new one."
            .into(),
    );
}

pub(super) fn jobs(jobs: Vec<client::Job>) -> Vec<Job> {
    let mut jobs: Vec<Job> = jobs
        .into_iter()
        .map(|job| Job {
            id: job.job_id,
            // SkyPilot's name for a job without a name.
            name: job.job_name.filter(|name| name != "-").unwrap_or_default(),
            state: job_state(job.status),
            submitted_at: job.submitted_at.unwrap_or(Timestamp::UNIX_EPOCH),
            started_at: job.start_at,
            ended_at: job.end_at,
        })
        .collect();
    jobs.sort_by_key(|job| std::cmp::Reverse(job.id));
    jobs
}

fn job_state(state: client::JobState) -> JobState {
    match state {
        client::JobState::Init => JobState::Init,
        client::JobState::Pending => JobState::Pending,
        client::JobState::SettingUp => JobState::SettingUp,
        client::JobState::Running => JobState::Running,
        client::JobState::Succeeded => JobState::Succeeded,
        client::JobState::Failed => JobState::Failed,
        client::JobState::FailedSetup => JobState::FailedSetup,
        // An unknown state is not one of the successful states.
        client::JobState::FailedDriver | client::JobState::Unknown => JobState::FailedDriver,
        client::JobState::Cancelled => JobState::Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(fields: serde_json::Value) -> Machine {
        let mut cluster = json!({
            "name": "hgr-456789ab-trainer", "status": "UP", "autostop": -1, "to_down": false,
            "cloud": "AWS", "region": "us-east-1", "workspace": "hgr-acme-dev-12345678",
            "resources_str": "1x(gpus=H100:1, p5.4xlarge, ...)",
            "resources_str_full": "1x(gpus=H100:1, cpus=16, mem=256, p5.4xlarge, disk=256, ports=['22'])",
            "handle": "gAROLg==",
        });
        for (key, value) in fields.as_object().unwrap() {
            cluster[key] = value.clone();
        }
        machine(serde_json::from_value(cluster).unwrap())
    }

    #[test]
    fn a_machine_is_converted_with_its_place() {
        let placement = read(json!({})).placement.unwrap();
        assert_eq!(placement.cloud, "aws");
        assert_eq!(placement.region, "us-east-1");
        assert_eq!(placement.instance_type.as_deref(), Some("p5.4xlarge"));
        let spot = json!({"resources_str_full": "1x[spot](gpus=T4:1, g4dn.xlarge, disk=256)"});
        let placement = read(spot).placement.unwrap();
        assert_eq!(placement.instance_type.as_deref(), Some("g4dn.xlarge"));
        let pod = json!({"resources_str_full": "1x(gpus=T4:1, cpus=4, mem=16, disk=256)"});
        assert_eq!(read(pod).placement.unwrap().instance_type, None);
    }

    #[test]
    fn init_is_a_launch_unless_it_is_unhealthy() {
        let state = |fields| read(fields).state;
        assert_eq!(state(json!({"status": "INIT"})), MachineState::Launching);
        assert_eq!(
            state(json!({"status": "INIT", "init_kind": "unhealthy"})),
            MachineState::Unhealthy
        );
        assert_eq!(
            state(json!({"status": "AUTOSTOPPING"})),
            MachineState::Autostopping
        );
        assert_eq!(
            state(json!({"status": "DREAMING"})),
            MachineState::Unhealthy
        );
    }

    #[test]
    fn a_machine_whose_launch_was_cut_short_is_not_taken_for_up() {
        let events = |messages: &[&str]| -> Vec<NodeEvent> {
            let event = |message: &&str| NodeEvent {
                at: Timestamp::UNIX_EPOCH,
                message: (*message).to_owned(),
            };
            messages.iter().map(event).collect()
        };
        let begun = "Provisioning on aws in us-east-1";
        let launched = "Instances launched on aws in us-east-1";
        let done = "Cluster successfully provisioned with 1 nodes";
        let looked = "All nodes up; SkyPilot runtime healthy.";
        assert!(was_set_up(&events(&[begun, launched, done, looked])));
        assert!(!was_set_up(&events(&[begun, launched, looked])));
        assert!(!was_set_up(&events(&[begun, done, begun, looked])));
        assert!(was_set_up(&events(&[looked])));
    }

    #[test]
    fn a_negative_autostop_is_none() {
        assert_eq!(read(json!({})).autostop, None);
        let autostop = read(json!({"autostop": 30, "to_down": true})).autostop;
        assert_eq!(
            autostop,
            Some(Autostop {
                idle_minutes: 30,
                then: IdleAction::Delete
            })
        );
    }
}
