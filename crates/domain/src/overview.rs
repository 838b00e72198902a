//! The overview page.

use crate::{cluster::Cluster, money::MicroDollars, node::view::Node, quota::LimitedEnvironment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A recent action from the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityEntry {
    pub at: Timestamp,
    /// The user's name; “Hangar” for the portal itself.
    pub who: String,
    /// A verb phrase between user and target: “created”.
    pub did: String,
    /// The name of the target.
    pub target: String,
}

/// The overview of the caller's tenants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Clusters that are ready.
    pub running: u64,
    /// Clusters that are being provisioned or deleted.
    pub moving: u64,
    /// Failed or degraded clusters, newest first.
    pub need_attention: Vec<Cluster>,
    /// Clusters that end within a day, soonest first.
    pub ends_soon: Vec<Cluster>,
    /// The caller's own clusters, newest first (at most 8).
    pub mine: Vec<Cluster>,
    /// Nodes that are ready.
    pub nodes_running: u64,
    /// Nodes that are changing their state.
    pub nodes_moving: u64,
    /// Failed or degraded nodes, newest first.
    pub nodes_need_attention: Vec<Node>,
    /// Nodes that end within a day, soonest first.
    pub nodes_end_soon: Vec<Node>,
    /// The caller's own nodes, newest first (at most 8).
    pub my_nodes: Vec<Node>,
    /// The total price per hour of running clusters and nodes.
    pub price_per_hour: MicroDollars,
    /// The cost since the start of the month, from prices and times.
    pub spent_this_month: MicroDollars,
    /// Environments of the caller's own tenants that have limits.
    pub limited: Vec<LimitedEnvironment>,
    /// The latest actions, newest first (at most 8).
    pub recent: Vec<ActivityEntry>,
    pub now: Timestamp,
}
