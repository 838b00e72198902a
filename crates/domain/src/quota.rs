//! Whether an environment has room for one more: its limits against what is in it. The form shows it;
//! the transaction that stores an order decides.

use crate::{
    ids::EnvironmentId,
    money::MicroDollars,
    tenancy::{EnvironmentLimits, EnvironmentRef, EnvironmentUse, TenantRef},
};
use serde::{Deserialize, Serialize};

/// An environment with limits, and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotaUsage {
    /// Which.
    pub environment_id: EnvironmentId,
    /// Its limits, at least one.
    pub limits: EnvironmentLimits,
    /// What is in it.
    pub in_use: EnvironmentUse,
}

/// An environment with limits, by its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitedEnvironment {
    /// Whose it is.
    pub tenant: TenantRef,
    /// The environment.
    pub environment: EnvironmentRef,
    /// Its limits, and what is in it.
    pub quota: QuotaUsage,
}

/// What is to be put into an environment, and what it costs an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaRequest {
    /// A cluster.
    Cluster(MicroDollars),
    /// A node; one whose price nobody knows counts as free.
    Node(Option<MicroDollars>),
}

/// A limit of an environment that is in the way of one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitReached {
    /// Of how many clusters it may hold.
    Clusters {
        /// The limit.
        limit: u32,
        /// How many there are.
        in_use: u32,
    },
    /// Of how many nodes it may hold.
    Nodes {
        /// The limit.
        limit: u32,
        /// How many there are.
        in_use: u32,
    },
    /// Of what everything in it may cost an hour.
    Price {
        /// The limit.
        limit: MicroDollars,
        /// What there is costs.
        in_use: MicroDollars,
        /// What one more would add.
        wanted: MicroDollars,
    },
}

impl QuotaUsage {
    /// As it is with one more in it.
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
        }
        self
    }

    /// How much of each limit is in use, as a list: `2 of 5 clusters, $1.20 of $10.00 an hour`.
    pub fn words(&self) -> String {
        let Self { limits, in_use, .. } = self;
        let clusters = limits
            .max_clusters
            .map(|limit| format!("{} of {}", in_use.clusters, counted(limit, "cluster")));
        let nodes = limits
            .max_nodes
            .map(|limit| format!("{} of {}", in_use.nodes, counted(limit, "node")));
        let price = limits
            .max_price_per_hour
            .map(|limit| format!("{} of {limit} an hour", in_use.price_per_hour));
        let all: Vec<String> = [clusters, nodes, price].into_iter().flatten().collect();
        all.join(", ")
    }
}

impl EnvironmentLimits {
    /// The first limit that is in the way of one more.
    pub fn reached(&self, in_use: &EnvironmentUse, wanted: QuotaRequest) -> Option<LimitReached> {
        let (price, things) = match wanted {
            QuotaRequest::Cluster(price) => {
                let limit = self.max_clusters.filter(|limit| in_use.clusters >= *limit);
                let reached = limit.map(|limit| LimitReached::Clusters {
                    limit,
                    in_use: in_use.clusters,
                });
                (price, reached)
            }
            QuotaRequest::Node(price) => {
                let limit = self.max_nodes.filter(|limit| in_use.nodes >= *limit);
                let reached = limit.map(|limit| LimitReached::Nodes {
                    limit,
                    in_use: in_use.nodes,
                });
                (price.unwrap_or_default(), reached)
            }
        };
        things.or_else(|| {
            let limit = self.max_price_per_hour?;
            (in_use.price_per_hour + price > limit).then_some(LimitReached::Price {
                limit,
                in_use: in_use.price_per_hour,
                wanted: price,
            })
        })
    }
}

impl LimitReached {
    /// What is in the way in the environment called `name`, as a sentence or two.
    pub fn words(&self, name: &str) -> String {
        match self {
            Self::Clusters { limit, in_use } => {
                let clusters = counted(*limit, "cluster");
                format!("The environment {name} may hold {clusters} and has {in_use}.")
            }
            Self::Nodes { limit, in_use } => {
                let nodes = counted(*limit, "node");
                format!("The environment {name} may hold {nodes} and has {in_use}.")
            }
            Self::Price {
                limit,
                in_use,
                wanted,
            } => format!(
                "Everything in the environment {name} together may cost {limit} an hour. What is \
                 there costs {in_use}, and this would add {wanted}."
            ),
        }
    }

    /// What to do about it.
    pub fn way_out(&self) -> &'static str {
        match self {
            Self::Clusters { .. } => {
                "Delete a cluster there, choose another environment, or ask a platform admin for \
                 more."
            }
            Self::Nodes { .. } => {
                "Take a node down there, choose another environment, or ask a platform admin for \
                 more."
            }
            Self::Price { .. } => {
                "Choose something smaller, delete something there, or ask a platform admin for \
                 more."
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
        let words = quota(all).words();
        assert_eq!(
            words,
            "2 of 5 clusters, 1 of 1 node, $1.25 of $10.00 an hour"
        );
        let nodes = EnvironmentLimits {
            max_nodes: Some(4),
            ..EnvironmentLimits::default()
        };
        assert_eq!(quota(nodes).words(), "1 of 4 nodes");
        let after = quota(all).with(QuotaRequest::Cluster(MicroDollars(500_000)));
        let words = "3 of 5 clusters, 1 of 1 node, $1.75 of $10.00 an hour";
        assert_eq!(after.words(), words);
        assert_eq!(
            quota(nodes).with(QuotaRequest::Node(None)).words(),
            "2 of 4 nodes"
        );
    }

    #[test]
    fn a_refusal_says_the_limit_what_is_in_use_and_the_way_out() {
        let limits = EnvironmentLimits {
            max_clusters: Some(3),
            max_nodes: Some(1),
            max_price_per_hour: Some(MicroDollars(5_000_000)),
        };
        let dear = QuotaRequest::Cluster(MicroDollars(2_000_000));
        for (there, wanted, limit, used) in [
            (in_use(4, 0, 0), dear, "3 clusters", "has 4"),
            (
                in_use(0, 1, 0),
                QuotaRequest::Node(None),
                "1 node and",
                "has 1",
            ),
            (in_use(0, 0, 4_500_000), dear, "$5.00 an hour", "$4.50"),
        ] {
            let reached = limits.reached(&there, wanted).unwrap();
            let words = reached.words("dev");
            assert!(words.contains(limit) && words.contains(used), "{words}");
            assert!(reached.way_out().contains("ask a platform admin"));
        }
    }
}
