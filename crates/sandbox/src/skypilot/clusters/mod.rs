//! Clusters: SkyPilot's record of each, and the machine in the cloud that it speaks of. The two can differ, as in real life.

mod autostop;
mod available;
mod cost;
mod events;
mod launch;
mod lifecycle;
mod reality;
mod view;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use autostop::{Autostop, WaitFor};
pub use available::{check_available, check_available_mut};
pub use cost::{Report, cost_report};
pub use events::{Event, cluster_events};
pub use launch::{LaunchOrder, exec, launch};
pub use lifecycle::{autostop, down, start, stop};
pub use reality::{Refresh, refreshed, watch_over};
pub use view::Shown;

use super::catalog::Offer;
use super::clock::now;
use super::clouds::Cloud;
use super::jobs::Job;
use super::python;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Being launched, or not well.
    Init,
    Up,
    /// About to stop because it was idle.
    Autostopping,
    Stopped,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Self::Init => "INIT",
            Self::Up => "UP",
            Self::Autostopping => "AUTOSTOPPING",
            Self::Stopped => "STOPPED",
        }
    }

    pub fn is_usable(self) -> bool {
        matches!(self, Self::Up | Self::Autostopping)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resources {
    pub cloud: Cloud,
    pub region: String,
    pub zone: Option<String>,
    pub instance_type: String,
    pub accelerator: Option<(String, f64)>,
    pub vcpus: f64,
    /// In GiB.
    pub memory: f64,
    /// Of one accelerator, in GiB.
    pub device_memory: Option<f64>,
    pub spot: bool,
    /// In GB.
    pub disk_size: i64,
    pub image_id: Option<String>,
    pub ports: Vec<String>,
    /// Dollars for an hour.
    pub price: f64,
}

impl Resources {
    pub fn of(offer: &Offer, spot: bool) -> Self {
        Self {
            cloud: offer.cloud,
            region: offer.region.to_owned(),
            zone: offer.zone(),
            instance_type: offer.instance_type.to_owned(),
            accelerator: offer
                .accelerator
                .map(|(name, count)| (name.to_owned(), count)),
            vcpus: offer.vcpus,
            memory: offer.memory,
            device_memory: offer.device_memory,
            spot,
            disk_size: DEFAULT_DISK_SIZE,
            image_id: None,
            ports: Vec::new(),
            price: offer.hourly(spot).unwrap_or(offer.price),
        }
    }

    pub fn short(&self) -> String {
        let mut parts = Vec::new();
        match &self.accelerator {
            Some((name, count)) => parts.push(format!("gpus={name}:{}", python::count(*count))),
            None => {
                parts.push(format!("cpus={}", python::count(self.vcpus)));
                parts.push(format!("mem={}", python::count(self.memory)));
            }
        }
        parts.push(truncated(&self.instance_type));
        parts.push("...".to_owned());
        self.in_brackets(&parts)
    }

    pub fn full(&self) -> String {
        let mut parts = Vec::new();
        if let Some((name, count)) = &self.accelerator {
            parts.push(format!("gpus={name}:{}", python::count(*count)));
        }
        parts.push(format!("cpus={}", python::count(self.vcpus)));
        parts.push(format!("mem={}", python::count(self.memory)));
        parts.push(self.instance_type.clone());
        if let Some(image) = &self.image_id {
            parts.push(format!("image_id={image}"));
        }
        parts.push(format!("disk={}", self.disk_size));
        if !self.ports.is_empty() {
            let ports = python::repr_list(self.ports.iter().map(String::as_str));
            parts.push(format!("ports={ports}"));
        }
        self.in_brackets(&parts)
    }

    pub fn accelerators(&self) -> Option<String> {
        let (name, count) = self.accelerator.as_ref()?;
        Some(format!(
            "{{{}: {}}}",
            python::repr(name),
            python::count(*count)
        ))
    }

    fn in_brackets(&self, parts: &[String]) -> String {
        let spot = if self.spot { "[spot]" } else { "" };
        format!("{spot}({})", parts.join(", "))
    }
}

/// In GB.
pub const DEFAULT_DISK_SIZE: i64 = 256;
const SHORT_NAME: usize = 15;

fn truncated(name: &str) -> String {
    if name.chars().count() <= SHORT_NAME {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(SHORT_NAME - 3).collect();
    short.push_str("...");
    short
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Cluster {
    pub name: String,
    /// Unique over all clusters that ever were.
    pub hash: String,
    pub user_id: String,
    pub workspace: String,
    pub status: Status,
    /// Seconds since 1970.
    pub launched_at: i64,
    /// Seconds since 1970.
    pub status_updated_at: i64,
    pub ever_up: bool,
    pub last_use: String,
    pub autostop: Autostop,
    pub owner: Option<Vec<String>>,
    pub resources: Resources,
    pub yaml: String,
    pub command: String,
    pub events: Vec<Event>,
    /// Since when and until when it cost something, in seconds since 1970.
    pub usage: Vec<(i64, Option<i64>)>,
    pub jobs: Vec<Job>,
    pub provision_log: String,
    /// The machine in the cloud, once there is one.
    pub machine: Option<String>,
    pub private_key: String,
    pub public_key: String,
    /// Why it is INIT, if not because it is being launched.
    pub unhealthy: Option<String>,
}

impl Cluster {
    pub fn name_on_cloud(&self) -> String {
        format!("{}-{}", self.name, self.user_id)
    }

    /// How its only node is called.
    pub fn node_name(&self) -> String {
        format!("sky-{}-head", self.name_on_cloud())
    }

    pub fn enter(&mut self, status: Status) {
        self.status = status;
        self.status_updated_at = now();
        if status == Status::Up {
            self.ever_up = true;
            self.unhealthy = None;
        }
    }

    pub fn note(&mut self, reason: impl Into<String>) {
        self.events.push(Event {
            reason: reason.into(),
            at: now(),
        });
    }

    pub fn provision_line(&mut self, line: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.provision_log, "{line}");
    }

    pub fn start_usage(&mut self) {
        if self.usage.last().is_none_or(|(_, until)| until.is_some()) {
            self.usage.push((now(), None));
        }
    }

    pub fn end_usage(&mut self) {
        if let Some((_, until @ None)) = self.usage.last_mut() {
            *until = Some(now());
        }
    }

    pub fn into_past(mut self) -> PastCluster {
        self.end_usage();
        PastCluster {
            name: self.name.clone(),
            hash: self.hash.clone(),
            user_id: self.user_id.clone(),
            workspace: self.workspace.clone(),
            launched_at: self
                .usage
                .first()
                .map_or(self.launched_at, |(from, _)| *from),
            node_name: self.node_name(),
            last_event: self.events.last().map(|event| event.reason.clone()),
            resources: self.resources,
            usage: self.usage,
            provision_log: self.provision_log,
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct PastCluster {
    pub name: String,
    pub hash: String,
    pub user_id: String,
    pub workspace: String,
    /// Seconds since 1970.
    pub launched_at: i64,
    pub node_name: String,
    pub last_event: Option<String>,
    pub resources: Resources,
    pub usage: Vec<(i64, Option<i64>)>,
    pub provision_log: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Machine {
    pub cluster: String,
    pub running: bool,
}

pub(super) fn without_nulls(mut record: Value) -> Value {
    if let Some(fields) = record.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    record
}
