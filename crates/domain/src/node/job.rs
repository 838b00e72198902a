//! Jobs: commands that run on a node, one after the other, kept in SkyPilot's queue there.

use crate::problem::FieldError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How far a job is, in SkyPilot's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Known, not looked at yet.
    Init,
    /// In the queue.
    Pending,
    /// Its set-up commands run.
    SettingUp,
    /// It runs.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// Its set-up commands failed.
    FailedSetup,
    /// What drives it on the node failed.
    FailedDriver,
    /// Somebody cancelled it.
    Cancelled,
}

impl JobState {
    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Init | Self::Pending => "Queued",
            Self::SettingUp => "Setting up",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::FailedSetup => "Set-up failed",
            Self::FailedDriver => "Lost",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Whether it has not come to its end.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Init | Self::Pending | Self::SettingUp | Self::Running
        )
    }
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// Its number on the node, from 1.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub state: JobState,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A command for the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JobInput {
    /// What to call it; without it, its number has to do. 1 to 40 characters of `a-z`, `0-9` and `-`.
    #[serde(default)]
    pub name: Option<String>,
    /// The shell commands.
    #[serde(default)]
    pub run: String,
}

/// A command that is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobOrder {
    /// What to call it.
    pub name: Option<String>,
    /// The shell commands.
    pub run: String,
}

impl JobInput {
    /// Checks both fields.
    ///
    /// # Errors
    /// One [`FieldError`] for each field at fault.
    pub fn validate(&self) -> Result<JobOrder, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = crate::listing::text(&self.name);
        if let Some(name) = &name
            && let Err(message) = crate::dns_label::check(name, 40, "")
        {
            errors.push(FieldError::new("name", message));
        }
        if self.run.trim().is_empty() {
            errors.push(FieldError::new("run", "Say which command to run."));
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
