//! Differences between a cluster's objects on its host and what the portal applied.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is known of a cluster's drift.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriftReport {
    /// What differs now. Objects that isolate the cluster are put right at once, the others on request.
    pub found: Vec<Drift>,
    /// What the portal put right last.
    pub restored: Option<Restoration>,
}

/// Objects that the portal put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Restoration {
    pub at: Timestamp,
    pub objects: Vec<Drift>,
    /// How often in a row. Something on the host that changes the objects again and again is answered more slowly.
    pub times: u32,
}

/// An object that is not as the portal applied it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Drift {
    /// The kind and the name: `NetworkPolicy/vc-work-ci`.
    pub object: String,
    pub change: DriftChange,
    /// The fields that differ, at most ten: `spec.egress`.
    pub fields: Vec<String>,
    /// Whether the object keeps the cluster and its neighbours apart.
    pub isolation: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DriftChange {
    /// The object was deleted.
    Missing,
    /// The object was changed.
    Changed,
    /// The object was added by others and allows what the portal's objects forbid.
    Added,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let change = match self.change {
            DriftChange::Missing => "deleted",
            DriftChange::Changed => "changed",
            DriftChange::Added => "added",
        };
        write!(f, "{} {change}", self.object)?;
        if !self.fields.is_empty() {
            write!(f, " ({})", self.fields.join(", "))?;
        }
        Ok(())
    }
}

/// All of them in one line.
pub fn summary(drift: &[Drift]) -> String {
    let texts: Vec<_> = drift.iter().map(Drift::to_string).collect();
    texts.join("; ")
}
