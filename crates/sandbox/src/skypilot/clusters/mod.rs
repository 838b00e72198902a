//! Clusters: SkyPilot's record of each, and the machine in the cloud. The two can differ, as in a real cloud.

mod available;
mod launch;
mod lifecycle;
mod reality;
mod view;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use available::{check_available, check_available_mut};
pub use launch::{exec, launch};
pub use lifecycle::{autostop, down, start, stop};
pub use reality::{Refresh, refreshed, watch_over};
pub use view::Shown;

use super::catalog::Offer;
use super::clock::{now, now_precise};
use super::clouds::Cloud;
use super::jobs::Job;
use super::python;
use super::ssh::SshKey;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// A launch is running, or ended early.
    Init,
    Up,
    /// Idle for long enough; about to stop.
    Autostopping,
    Stopped,
}

impl Status {
    pub fn name(self) -> String {
        format!("{self:?}").to_uppercase()
    }

    pub fn is_usable(self) -> bool {
        matches!(self, Self::Up | Self::Autostopping)
    }
}

/// What idleness does to a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Autostop {
    /// Negative: never.
    pub idle_minutes: i64,
    pub down: bool,
    /// The idle time counts from here or later, in seconds since 1970.
    pub since: f64,
}

impl Autostop {
    pub fn after(idle_minutes: i64, down: bool) -> Self {
        Self {
            idle_minutes: idle_minutes.max(-1),
            down: down && idle_minutes >= 0,
            since: now_precise(),
        }
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
        }
    }

    pub fn short(&self) -> String {
        let mut parts = match &self.accelerator {
            Some((name, count)) => vec![format!("gpus={name}:{}", python::count(*count))],
            None => vec![
                format!("cpus={}", python::count(self.vcpus)),
                format!("mem={}", python::count(self.memory)),
            ],
        };
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
        let (name, count) = (python::repr(name), python::count(*count));
        Some(format!("{{{name}: {count}}}"))
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
    match name.char_indices().nth(SHORT_NAME) {
        Some(_) => format!("{}...", &name[..SHORT_NAME - 3]),
        None => name.to_owned(),
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    pub reason: String,
    /// Seconds since 1970.
    pub transitioned_at: i64,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Cluster {
    pub name: String,
    /// Another cluster of the same name has another hash.
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
    /// The AWS user and account that it was launched with.
    pub owner: Option<Vec<String>>,
    pub resources: Resources,
    pub yaml: String,
    pub command: String,
    pub events: Vec<Event>,
    pub jobs: Vec<Job>,
    pub provision_log: String,
    /// The id of the machine in the cloud, once one exists.
    pub machine: Option<String>,
    pub private_key: String,
    pub public_key: String,
}

impl Cluster {
    /// A cluster without a machine.
    pub fn new(
        name: &str,
        (user_id, workspace, command): (&str, &str, &str),
        resources: Resources,
    ) -> anyhow::Result<Self> {
        let key = SshKey::generate(name)?;
        Ok(Self {
            name: name.to_owned(),
            hash: Uuid::new_v4().to_string(),
            user_id: user_id.to_owned(),
            workspace: workspace.to_owned(),
            status: Status::Init,
            launched_at: now(),
            status_updated_at: now(),
            ever_up: false,
            last_use: command.to_owned(),
            autostop: Autostop::after(-1, false),
            owner: None,
            resources,
            yaml: String::new(),
            command: command.to_owned(),
            events: Vec::new(),
            jobs: Vec::new(),
            provision_log: String::new(),
            machine: None,
            private_key: key.private,
            public_key: key.public,
        })
    }

    pub fn name_on_cloud(&self) -> String {
        format!("{}-{}", self.name, self.user_id)
    }

    /// The name of its only node.
    pub fn node_name(&self) -> String {
        format!("sky-{}-head", self.name_on_cloud())
    }

    pub fn enter(&mut self, status: Status) {
        self.status = status;
        self.status_updated_at = now();
        self.ever_up |= status == Status::Up;
    }

    pub fn note(&mut self, reason: impl Into<String>) {
        self.events.push(Event {
            reason: reason.into(),
            transitioned_at: now(),
        });
    }

    pub fn provision_line(&mut self, line: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.provision_log, "{line}");
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Machine {
    pub cluster: String,
    pub running: bool,
}

impl Machine {
    /// A machine that runs, with its id.
    pub fn start(cluster: &str) -> (String, Self) {
        let id = format!("i-{}", &Uuid::new_v4().simple().to_string()[..17]);
        let machine = Self {
            cluster: cluster.to_owned(),
            running: true,
        };
        (id, machine)
    }
}
