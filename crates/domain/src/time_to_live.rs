//! The lifetime after which the portal deletes a resource.

use crate::problem::FieldError;
use serde::{Deserialize, Serialize};

/// A lifetime in whole hours, 1 to 720 (30 days).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "u32", into = "u32")]
pub struct TimeToLive(u32);

impl TimeToLive {
    /// In hours.
    pub const MAX_HOURS: u32 = 720;

    /// The choices in the form, in addition to no end.
    pub const CHOICES: [Self; 5] = [Self(4), Self(8), Self(24), Self(72), Self(168)];

    /// The form's default.
    pub const DEFAULT: Self = Self(24);

    pub fn hours(self) -> u32 {
        self.0
    }

    /// `24 hours`, `3 days`.
    pub fn title(self) -> String {
        match self.0 {
            1 => "1 hour".into(),
            hours if hours > 24 && hours.is_multiple_of(24) => format!("{} days", hours / 24),
            hours => format!("{hours} hours"),
        }
    }
}

impl TryFrom<u32> for TimeToLive {
    type Error = FieldError;
    fn try_from(hours: u32) -> Result<Self, FieldError> {
        if (1..=Self::MAX_HOURS).contains(&hours) {
            Ok(Self(hours))
        } else {
            Err(FieldError::new(
                "time_to_live_hours",
                format!("Lifetime must be between 1 and {} hours.", Self::MAX_HOURS),
            ))
        }
    }
}

impl From<TimeToLive> for u32 {
    fn from(time: TimeToLive) -> Self {
        time.0
    }
}
