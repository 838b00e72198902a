//! Host clusters and plans, for platform admins.

use crate::{exposure::ExposureKind, money::MicroDollars, plan::Plan};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A host cluster and its usage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostCluster {
    /// The name in the configuration.
    pub name: String,
    /// Whether the configuration contains it. A removed host is listed as long as it has clusters, which the portal
    /// cannot reach.
    pub configured: bool,
    /// Whether new clusters are created on it.
    pub takes_new_clusters: bool,
    /// The exposures that it offers.
    pub exposures: Vec<ExposureKind>,
    /// A domain whose names resolve to its ingress.
    pub ingress_domain: Option<String>,
    /// The number of clusters that are not deleted.
    pub clusters: u64,
    /// The number of failed or degraded clusters.
    pub need_attention: u64,
    /// The total price per hour of its running clusters, in millionths of a US dollar.
    pub price_per_hour: MicroDollars,
}

/// The result of checking the portal's permissions on a host cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostCheck {
    pub host: String,
    /// The number of permissions that the portal needs.
    pub permissions: usize,
    /// The permissions that the portal lacks.
    pub missing: Vec<MissingPermission>,
    /// What to do.
    pub next_step: Option<String>,
    /// When it was asked.
    pub checked_at: Timestamp,
}

impl HostCheck {
    /// `all 125 permissions`, `2 of 125 permissions are missing`.
    pub fn summary(&self) -> String {
        let asked = self.permissions;
        match self.missing.len() {
            0 => format!("all {asked} permissions"),
            1 => format!("1 of {asked} permissions is missing"),
            missing => format!("{missing} of {asked} permissions are missing"),
        }
    }
}

/// A permission that the portal needs on a host cluster and lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingPermission {
    /// For example `create namespaces`.
    pub permission: String,
    /// The host's reason, if it returned one.
    pub reason: Option<String>,
}

/// A plan and its usage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanUse {
    /// The plan as offered; for a plan that is no longer offered, as most of its clusters have it.
    pub plan: Plan,
    /// Whether it is offered.
    pub offered: bool,
    /// The price of 30 days, in millionths of a US dollar.
    pub price_in_30_days: MicroDollars,
    /// The number of clusters with a plan of this name that are not deleted.
    pub clusters: u64,
    /// The number of clusters that were created with other limits or another price, which they keep.
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
