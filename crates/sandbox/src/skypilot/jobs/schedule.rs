//! Starts jobs when enough accelerators are free, and finishes them when their script ends.

use std::sync::Arc;

use super::{Job, Status};
use crate::skypilot::Server;
use crate::skypilot::clock::now_precise;
use crate::skypilot::clusters::Cluster;
use crate::skypilot::shell::{self, Node, Trace};

const LOOK: u32 = 1;
const QUEUED: f64 = 1.0;

pub async fn run_all(server: Arc<Server>) {
    loop {
        server.pause_at_least(LOOK).await;
        let due = server.store.read(|state| {
            state
                .clusters
                .values()
                .filter(|cluster| cluster.status.is_usable() && super::is_busy(cluster))
                .map(|cluster| cluster.name.clone())
                .collect::<Vec<_>>()
        });
        for name in due {
            server.store.change_if(|state| {
                let Some(cluster) = state.clusters.get_mut(&name) else {
                    return false;
                };
                // The machine may be gone although SkyPilot's record says up.
                let runs = cluster
                    .machine
                    .as_ref()
                    .and_then(|machine| state.machines.get(machine))
                    .is_some_and(|machine| machine.running);
                runs && cluster.status.is_usable() && advance(&server, cluster)
            });
        }
    }
}

fn advance(server: &Server, cluster: &mut Cluster) -> bool {
    let now = now_precise();
    let node = Node::of(cluster);
    let mut changed = false;
    for job in &mut cluster.jobs {
        changed |= proceed(server, job, &node, now);
    }
    // First come, first served.
    let total = cluster
        .resources
        .accelerator
        .as_ref()
        .map_or(0.0, |(_, count)| *count);
    while let Some(at) = cluster
        .jobs
        .iter()
        .position(|job| job.status == Status::Pending)
    {
        let taken: f64 = cluster
            .jobs
            .iter()
            .filter(|job| matches!(job.status, Status::SettingUp | Status::Running))
            .filter_map(|job| job.spec.accelerators.as_ref())
            .map(|(_, count)| count)
            .sum();
        let job = &mut cluster.jobs[at];
        let needs = job
            .spec
            .accelerators
            .as_ref()
            .map_or(0.0, |(_, count)| *count);
        let waited = now - job.submitted_at >= server.real_seconds(QUEUED);
        if !waited || taken + needs > total {
            break;
        }
        begin(job, &node, now);
        changed = true;
    }
    changed
}

fn begin(job: &mut Job, node: &Node, now: f64) {
    job.begun_at = Some(now);
    let Some(setup) = &job.spec.setup else {
        return start(job, node, now);
    };
    job.setup_trace = Some(shell::run(setup, node, &job.spec.envs));
    job.status = Status::SettingUp;
}

fn start(job: &mut Job, node: &Node, now: f64) {
    job.start_at = Some(now);
    job.run_trace = Some(shell::run(&job.spec.run, node, &job.spec.envs));
    job.status = Status::Running;
}

fn proceed(server: &Server, job: &mut Job, node: &Node, now: f64) -> bool {
    let done = |since: Option<f64>, trace: &Option<Trace>| {
        let (since, trace) = (since?, trace.as_ref()?);
        (now - since >= server.real_seconds(trace.seconds)).then_some(trace.exit)
    };
    match job.status {
        Status::SettingUp => match done(job.begun_at, &job.setup_trace) {
            Some(0) => {
                start(job, node, now);
                true
            }
            Some(_) => {
                job.status = Status::FailedSetup;
                job.end_at = Some(now);
                true
            }
            None => false,
        },
        Status::Running => match done(job.start_at, &job.run_trace) {
            Some(exit) => {
                job.status = if exit == 0 {
                    Status::Succeeded
                } else {
                    Status::Failed
                };
                job.end_at = Some(now);
                true
            }
            None => false,
        },
        _ => false,
    }
}
