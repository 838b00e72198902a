//! The audit log's words.

mod action;
mod listing;
mod query;

pub use action::AuditAction;
pub use listing::{AuditPage, AuditQuery, AuditRow};
pub use query::AuditQueryInput;

use serde::{Deserialize, Serialize};

/// How it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was done.
    #[default]
    Done,
    /// Whoever asked was not allowed to.
    Refused,
    /// It was tried and failed.
    Failed,
}

impl AuditOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Done, Self::Refused, Self::Failed];

    /// In words, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Refused => "Refused",
            Self::Failed => "Failed",
        }
    }

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What one field was before and is afterwards; never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditChange {
    /// The field, as requests call it.
    pub field: String,
    /// Before; `None`: nothing.
    pub before: Option<String>,
    /// Afterwards; `None`: nothing.
    pub after: Option<String>,
}

impl AuditChange {
    /// What changed in `field`.
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
