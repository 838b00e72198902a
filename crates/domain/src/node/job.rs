//! Jobs: commands that run on a node one after another, in SkyPilot's queue.

use crate::problem::FieldError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The state of a job, with SkyPilot's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Known, but not yet queued.
    Init,
    /// Queued.
    Pending,
    /// The setup commands are running.
    SettingUp,
    Running,
    Succeeded,
    Failed,
    FailedSetup,
    /// SkyPilot's job driver on the node failed.
    FailedDriver,
    Cancelled,
}

impl JobState {
    pub fn title(self) -> &'static str {
        match self {
            Self::Init | Self::Pending => "Queued",
            Self::SettingUp => "Setting up",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::FailedSetup => "Setup failed",
            Self::FailedDriver => "Lost",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Whether the job has not ended.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Init | Self::Pending | Self::SettingUp | Self::Running
        )
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// The number on the node, starting at 1.
    pub id: u64,
    pub name: String,
    pub state: JobState,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JobInput {
    /// The name, 1 to 40 characters of `a-z`, `0-9` and `-`; by default the job has only a number.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub run: String,
}

/// A valid job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobOrder {
    pub name: Option<String>,
    pub run: String,
}

impl JobInput {
    /// Checks both fields; one [`FieldError`] per invalid field.
    pub fn validate(&self) -> Result<JobOrder, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = crate::listing::text(&self.name);
        if let Some(name) = &name
            && let Err(message) = crate::dns_label::check(name, 40, "")
        {
            errors.push(FieldError::new("name", message));
        }
        if self.run.trim().is_empty() {
            errors.push(FieldError::new("run", "Command is required."));
        } else if let Err(message) = super::order::check_script(&self.run) {
            errors.push(FieldError::new("run", message));
        }
        if errors.is_empty() {
            Ok(JobOrder {
                name,
                run: self.run.clone(),
            })
        } else {
            Err(errors)
        }
    }
}
