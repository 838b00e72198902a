//! Quotas: the limits of an environment against its usage. The form shows them; the transaction that creates a
//! resource enforces them.

use crate::{
    ids::EnvironmentId,
    money::MicroDollars,
    tenancy::{EnvironmentLimits, EnvironmentRef, EnvironmentUse, TenantRef},
};
use serde::{Deserialize, Serialize};

/// An environment with limits, and its usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotaUsage {
    pub environment_id: EnvironmentId,
    /// At least one limit is set.
    pub limits: EnvironmentLimits,
    /// The current usage.
    pub in_use: EnvironmentUse,
}

/// An environment with limits, with its tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitedEnvironment {
    pub tenant: TenantRef,
    pub environment: EnvironmentRef,
    /// Limits and usage.
    pub quota: QuotaUsage,
}

/// A resource to be created, with its price per hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaRequest {
    Cluster(MicroDollars),
    /// A node; one without a known price does not fit under a price limit.
    Node(Option<MicroDollars>),
    /// A cluster that exists and is to run again, with what it costs more than now.
    Resume(MicroDollars),
}

/// A limit that a new resource would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitReached {
    Clusters {
        limit: u32,
        in_use: u32,
    },
    Nodes {
        limit: u32,
        in_use: u32,
    },
    /// The total price per hour.
    Price {
        limit: MicroDollars,
        /// The current price.
        in_use: MicroDollars,
        /// The price of the new resource.
        wanted: MicroDollars,
    },
    /// The total price per hour, by a node without a known price.
    UnknownPrice {
        limit: MicroDollars,
    },
}

impl QuotaUsage {
    /// The usage including one more resource.
    pub fn with(mut self, one_more: QuotaRequest) -> Self {
        match one_more {
            QuotaRequest::Cluster(price) => {
                self.in_use.clusters += 1;
                self.in_use.price_per_hour = self.in_use.price_per_hour + price;
            }
            QuotaRequest::Node(price) => {
                self.in_use.nodes += 1;
                self.in_use.price_per_hour = self.in_use.price_per_hour + price.unwrap_or_default();
            }
            QuotaRequest::Resume(price) => {
                self.in_use.price_per_hour = self.in_use.price_per_hour + price;
            }
        }
        self
    }

    /// `2 of 5 clusters, $1.20 of $10.00 an hour`.
    pub fn summary(&self) -> String {
        let Self { limits, in_use, .. } = self;
        let clusters = limits
            .max_clusters
            .map(|limit| format!("{} of {}", in_use.clusters, counted(limit, "cluster")));
        let nodes = limits
            .max_nodes
            .map(|limit| format!("{} of {}", in_use.nodes, counted(limit, "node")));
        let price = limits
            .max_price_per_hour
            .map(|limit| format!("{} of {limit} per hour", in_use.price_per_hour));
        let all: Vec<String> = [clusters, nodes, price].into_iter().flatten().collect();
        all.join(", ")
    }
}

impl EnvironmentLimits {
    /// The first limit that one more resource would exceed.
    pub fn reached(&self, in_use: &EnvironmentUse, wanted: QuotaRequest) -> Option<LimitReached> {
        let (price, things) = match wanted {
            QuotaRequest::Cluster(price) => {
                let limit = self.max_clusters.filter(|limit| in_use.clusters >= *limit);
                let reached = limit.map(|limit| LimitReached::Clusters {
                    limit,
                    in_use: in_use.clusters,
                });
                (Some(price), reached)
            }
            QuotaRequest::Node(price) => {
                let limit = self.max_nodes.filter(|limit| in_use.nodes >= *limit);
                let reached = limit.map(|limit| LimitReached::Nodes {
                    limit,
                    in_use: in_use.nodes,
                });
                (price, reached)
            }
            // Takes nothing if it costs nothing more, even above the limit.
            QuotaRequest::Resume(MicroDollars(0)) => return None,
            QuotaRequest::Resume(price) => (Some(price), None),
        };
        things.or_else(|| {
            let limit = self.max_price_per_hour?;
            let Some(price) = price else {
                return Some(LimitReached::UnknownPrice { limit });
            };
            (in_use.price_per_hour + price > limit).then_some(LimitReached::Price {
                limit,
                in_use: in_use.price_per_hour,
                wanted: price,
            })
        })
    }
}

impl LimitReached {
    /// The reason, for the environment called `name`.
    pub fn reason(&self, name: &str) -> String {
        match self {
            Self::Clusters { limit, in_use } => {
                let clusters = counted(*limit, "cluster");
                format!(
                    "Cluster limit reached: environment {name} allows {clusters} and has {in_use}."
                )
            }
            Self::Nodes { limit, in_use } => {
                let nodes = counted(*limit, "node");
                format!("Node limit reached: environment {name} allows {nodes} and has {in_use}.")
            }
            Self::Price {
                limit,
                in_use,
                wanted,
            } => format!(
                "Price limit exceeded: environment {name} allows {limit} per hour and uses {in_use}; \
                 this request would add {wanted}."
            ),
            Self::UnknownPrice { limit } => format!(
                "Environment {name} is limited to {limit} per hour, and the price of this node is \
                 unknown."
            ),
        }
    }

    /// What to do.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Clusters { .. } => {
                "Delete a cluster, choose another environment, or ask a platform admin to raise the \
                 limit."
            }
            Self::Nodes { .. } => {
                "Delete a node, choose another environment, or ask a platform admin to raise the \
                 limit."
            }
            Self::Price { .. } => {
                "Choose a smaller size, delete a resource, or ask a platform admin to raise the \
                 limit."
            }
            Self::UnknownPrice { .. } => {
                "Request an accelerator or machine type from the price list, or choose an \
                 environment without a price limit."
            }
        }
    }
}

fn counted(number: u32, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_use(clusters: u32, nodes: u32, price: i64) -> EnvironmentUse {
        EnvironmentUse {
            clusters,
            nodes,
            price_per_hour: MicroDollars(price),
        }
    }

    #[test]
    fn each_kind_has_its_limit_and_both_share_the_price() {
        let limits = EnvironmentLimits {
            max_clusters: Some(2),
            max_nodes: Some(0),
            max_price_per_hour: Some(MicroDollars(100)),
        };
        let cluster = |price| QuotaRequest::Cluster(MicroDollars(price));
        assert_eq!(limits.reached(&in_use(1, 0, 60), cluster(40)), None);
        assert!(matches!(
            limits.reached(&in_use(1, 5, 60), cluster(41)),
            Some(LimitReached::Price { .. })
        ));
        assert!(matches!(
            limits.reached(&in_use(2, 0, 0), cluster(0)),
            Some(LimitReached::Clusters {
                limit: 2,
                in_use: 2
            })
        ));
        assert!(matches!(
            limits.reached(&in_use(0, 0, 0), QuotaRequest::Node(None)),
            Some(LimitReached::Nodes { .. })
        ));
        let none = EnvironmentLimits::default();
        assert_eq!(none.reached(&in_use(9, 9, 9), cluster(9)), None);
        assert_eq!(
            none.reached(&in_use(9, 9, 9), QuotaRequest::Node(None)),
            None
        );
        let money = EnvironmentLimits {
            max_price_per_hour: Some(MicroDollars(100)),
            ..none
        };
        assert_eq!(
            money.reached(&in_use(0, 0, 0), QuotaRequest::Node(None)),
            Some(LimitReached::UnknownPrice {
                limit: MicroDollars(100)
            })
        );
    }

    #[test]
    fn what_is_in_use_is_told_of_each_limit_there_is() {
        let quota = |limits| QuotaUsage {
            environment_id: uuid::Uuid::nil().into(),
            limits,
            in_use: in_use(2, 1, 1_250_000),
        };
        let all = EnvironmentLimits {
            max_clusters: Some(5),
            max_nodes: Some(1),
            max_price_per_hour: Some(MicroDollars(10_000_000)),
        };
        assert_eq!(
            quota(all).summary(),
            "2 of 5 clusters, 1 of 1 node, $1.25 of $10.00 per hour"
        );
        let nodes = EnvironmentLimits {
            max_nodes: Some(4),
            ..EnvironmentLimits::default()
        };
        assert_eq!(quota(nodes).summary(), "1 of 4 nodes");
        let after = quota(all).with(QuotaRequest::Cluster(MicroDollars(500_000)));
        let summary = "3 of 5 clusters, 1 of 1 node, $1.75 of $10.00 per hour";
        assert_eq!(after.summary(), summary);
        assert_eq!(
            quota(nodes).with(QuotaRequest::Node(None)).summary(),
            "2 of 4 nodes"
        );
    }

    #[test]
    fn the_first_limit_that_would_be_exceeded_is_reported_with_its_usage() {
        let limits = EnvironmentLimits {
            max_clusters: Some(3),
            max_nodes: Some(1),
            max_price_per_hour: Some(MicroDollars(5_000_000)),
        };
        let dear = QuotaRequest::Cluster(MicroDollars(2_000_000));
        for (in_use, request, expected) in [
            (
                in_use(4, 0, 0),
                dear,
                LimitReached::Clusters {
                    limit: 3,
                    in_use: 4,
                },
            ),
            (
                in_use(0, 1, 0),
                QuotaRequest::Node(None),
                LimitReached::Nodes {
                    limit: 1,
                    in_use: 1,
                },
            ),
            (
                in_use(0, 0, 4_500_000),
                dear,
                LimitReached::Price {
                    limit: MicroDollars(5_000_000),
                    in_use: MicroDollars(4_500_000),
                    wanted: MicroDollars(2_000_000),
                },
            ),
        ] {
            assert_eq!(limits.reached(&in_use, request), Some(expected));
        }
    }
}
