//! What the portal stands on, as its admins see it: host clusters and plans.

use crate::{exposure::ExposureKind, money::MicroDollars, plan::Plan};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A host cluster, and what is on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostCluster {
    /// Its name in the configuration.
    pub name: String,
    /// Whether it is in the configuration. One that is not any more is listed as long as clusters are on it, which
    /// the portal cannot reach.
    pub configured: bool,
    /// Whether new clusters are put on it.
    pub takes_new_clusters: bool,
    /// The ways in which clusters on it can be reached.
    pub exposures: Vec<ExposureKind>,
    /// A domain whose names lead to its ingress.
    pub ingress_domain: Option<String>,
    /// How many clusters are on it; deleted ones are not.
    pub clusters: u64,
    /// How many of them need somebody: they have failed, or are degraded.
    pub need_somebody: u64,
    /// What those of them that are charged at the moment cost an hour, in millionths of a US dollar.
    pub price_per_hour: MicroDollars,
}

/// What a host cluster answered about the portal's permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostCheck {
    /// The host cluster.
    pub host: String,
    /// How many permissions the portal needs there.
    pub permissions: usize,
    /// Those that it does not have.
    pub missing: Vec<MissingPermission>,
    /// What to do about them.
    pub next_step: Option<String>,
    /// When it was asked.
    pub checked_at: Timestamp,
}

impl HostCheck {
    /// What it comes to: `all 125 permissions`, `2 of 125 permissions are missing`.
    pub fn summary(&self) -> String {
        let asked = self.permissions;
        match self.missing.len() {
            0 => format!("all {asked} permissions"),
            1 => format!("1 of {asked} permissions is missing"),
            missing => format!("{missing} of {asked} permissions are missing"),
        }
    }
}

/// A permission that the portal needs on a host cluster and does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingPermission {
    /// Which: `create namespaces`.
    pub permission: String,
    /// The host's reason, if it gave one.
    pub reason: Option<String>,
}

/// A plan, and how many clusters have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanUse {
    /// The plan as it is offered; one that is not any more as most of its clusters have it.
    pub plan: Plan,
    /// Whether it can be ordered.
    pub offered: bool,
    /// What it costs in 30 days, in millionths of a US dollar.
    pub price_in_30_days: MicroDollars,
    /// How many clusters have a plan of this name; deleted ones do not.
    pub clusters: u64,
    /// How many of them were ordered when its limits or its price were others, and keep those.
    pub clusters_as_before: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_says_in_a_line_what_it_comes_to() {
        let check = |missing: usize| HostCheck {
            host: "main".into(),
            permissions: 125,
            missing: vec![
                MissingPermission {
                    permission: "create namespaces".into(),
                    reason: None,
                };
                missing
            ],
            next_step: None,
            checked_at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(check(0).summary(), "all 125 permissions");
        assert_eq!(check(1).summary(), "1 of 125 permissions is missing");
        assert_eq!(check(2).summary(), "2 of 125 permissions are missing");
    }
}
