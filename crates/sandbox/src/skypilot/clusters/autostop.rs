//! When an idle cluster stops or goes down by itself.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Autostop {
    /// Negative: never.
    pub idle_minutes: i64,
    pub down: bool,
    pub wait_for: WaitFor,
    /// Since when it has been idle at the earliest, in seconds since 1970.
    pub since: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitFor {
    #[default]
    JobsAndSsh,
    Jobs,
    None,
}

impl WaitFor {
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "jobs_and_ssh" => Some(Self::JobsAndSsh),
            "jobs" => Some(Self::Jobs),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

impl Default for Autostop {
    fn default() -> Self {
        Self {
            idle_minutes: -1,
            down: false,
            wait_for: WaitFor::default(),
            since: 0.0,
        }
    }
}
