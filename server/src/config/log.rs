//! What is logged, and in which format.

use super::fault::Faults;
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// A filter in the syntax of `tracing`: `info`, `info,server=debug`.
    pub filter: String,
    pub format: LogFormat,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            // The adapter logs once that a host does not respond.
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
                format!("{error}; use a filter like info or info,server=debug"),
            );
        }
    }
}
