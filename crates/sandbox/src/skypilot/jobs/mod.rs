//! Jobs: scripts that run on a cluster, at once if enough accelerators are free. The output of a job is computed when it
//! starts, with the time of each line, so jobs continue over a restart of the sandbox.

mod log;
mod queue;
mod schedule;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use log::follow;
pub use queue::{cancel, queue};
pub use schedule::run_all;

use super::clock::now_precise;
use super::clusters::Cluster;
use super::python;
use super::shell::Trace;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Pending,
    SettingUp,
    Running,
    Succeeded,
    Failed,
    FailedSetup,
    FailedDriver,
    Cancelled,
}

impl Status {
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Pending | Self::SettingUp | Self::Running)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::SettingUp => "SETTING_UP",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::FailedSetup => "FAILED_SETUP",
            Self::FailedDriver => "FAILED_DRIVER",
            Self::Cancelled => "CANCELLED",
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct JobSpec {
    pub name: Option<String>,
    pub user_id: String,
    pub setup: Option<String>,
    pub run: String,
    pub envs: BTreeMap<String, String>,
    pub accelerators: Option<(String, f64)>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Job {
    pub id: i64,
    pub spec: JobSpec,
    pub status: Status,
    /// Seconds since 1970.
    pub submitted_at: f64,
    /// When set-up began, or the run if there is none. Seconds since 1970.
    pub begun_at: Option<f64>,
    /// When the run began. Seconds since 1970.
    pub start_at: Option<f64>,
    /// Seconds since 1970.
    pub end_at: Option<f64>,
    pub pid: u32,
    /// What set-up prints; known once it has begun.
    pub setup_trace: Option<Trace>,
    /// What the run prints; known once it has begun.
    pub run_trace: Option<Trace>,
}

impl Job {
    pub fn resources(&self) -> String {
        match &self.spec.accelerators {
            Some((name, count)) => format!("1x[{name}:{}]", python::count(*count)),
            None => "1x[CPU:1+]".to_owned(),
        }
    }
}

pub fn add(cluster: &mut Cluster, spec: JobSpec) -> i64 {
    let id = cluster.jobs.iter().map(|job| job.id).max().unwrap_or(0) + 1;
    cluster.jobs.push(Job {
        id,
        spec,
        status: Status::Pending,
        submitted_at: now_precise(),
        begun_at: None,
        start_at: None,
        end_at: None,
        pid: rand::random_range(800..32_000),
        setup_trace: None,
        run_trace: None,
    });
    id
}

pub fn is_busy(cluster: &Cluster) -> bool {
    cluster.jobs.iter().any(|job| !job.status.is_over())
}

/// When the last job ended or came, in seconds since 1970.
pub fn last_activity(cluster: &Cluster) -> f64 {
    cluster
        .jobs
        .iter()
        .map(|job| job.end_at.unwrap_or(job.submitted_at))
        .fold(0.0, f64::max)
}

pub fn abandon(cluster: &mut Cluster) {
    let now = now_precise();
    for job in cluster.jobs.iter_mut().filter(|job| !job.status.is_over()) {
        job.status = if job.begun_at.is_some() {
            Status::FailedDriver
        } else {
            Status::Cancelled
        };
        job.end_at = Some(now);
    }
}
