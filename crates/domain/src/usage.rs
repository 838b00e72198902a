//! What resources use, as it is charged.

use crate::{money::MicroDollars, problem::FieldError};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a resource has cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cost {
    /// What an hour costs: now if it is charged, else while it runs. `None`: no price is known.
    pub price_per_hour: Option<MicroDollars>,
    /// What it has cost until now, from prices and times.
    pub so_far: MicroDollars,
    /// Whether it is being charged at the moment.
    pub charged: bool,
}

/// What a resource does while it is charged at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UsageState {
    Running,
    Paused,
}

impl UsageState {
    pub const ALL: [Self; 2] = [Self::Running, Self::Paused];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
        }
    }
}

impl FromStr for UsageState {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| FieldError::new("state", "State must be running or paused."))
    }
}
