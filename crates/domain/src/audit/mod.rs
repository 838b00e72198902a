//! The audit log.

mod action;
mod listing;
mod query;

pub use action::AuditAction;
pub use listing::{AuditPage, AuditQuery, AuditRow};
pub use query::AuditQueryInput;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    #[default]
    Done,
    /// The caller had no permission.
    Refused,
    /// The action was permitted and failed.
    Failed,
}

impl AuditOutcome {
    pub const ALL: [Self; 3] = [Self::Done, Self::Refused, Self::Failed];

    pub fn title(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Refused => "Refused",
            Self::Failed => "Failed",
        }
    }

    /// As stored, and as written in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// The value of a field before and after; never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditChange {
    /// The field's name in requests.
    pub field: String,
    /// The value before; `None`: no value.
    pub before: Option<String>,
    /// The value after; `None`: no value.
    pub after: Option<String>,
}

impl AuditChange {
    pub fn new(
        field: impl Into<String>,
        before: Option<impl Into<String>>,
        after: Option<impl Into<String>>,
    ) -> Self {
        Self {
            field: field.into(),
            before: before.map(Into::into),
            after: after.map(Into::into),
        }
    }
}
