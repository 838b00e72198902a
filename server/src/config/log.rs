//! What is logged and how.

use super::fault::Faults;
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// What to log, as `tracing` filters are written: `info`, `info,server=debug`.
    pub filter: String,
    /// How.
    pub format: LogFormat,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            // The adapter says itself when a host does not answer, once and in words.
            filter: "info,kube_client=off".into(),
            format: LogFormat::Text,
        }
    }
}

impl LogSettings {
    pub(super) fn check(&self, faults: &mut Faults) {
        if let Err(error) = EnvFilter::try_new(&self.filter) {
            faults.add(
                "log.filter",
                format!("{error}; write it like info or info,server=debug"),
            );
        }
    }
}
