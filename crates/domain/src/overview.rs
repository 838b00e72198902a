//! The first page: mine first.

use crate::{cluster::Cluster, money::MicroDollars, node::view::Node, quota::LimitedEnvironment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened lately, from the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// Who; “Hangar” for the portal itself.
    pub who: String,
    /// What they did, as words after the name: “ordered”.
    pub did: String,
    /// What they did it to.
    pub target: String,
}

/// What the dashboard shows, over the caller's tenants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Clusters that are usable.
    pub running: u64,
    /// Clusters on their way up or down.
    pub moving: u64,
    /// Clusters that need somebody: failed or degraded, newest first.
    pub needs_you: Vec<Cluster>,
    /// Clusters that end within a day, soonest first.
    pub ends_soon: Vec<Cluster>,
    /// The caller's own clusters, newest first (at most 8).
    pub mine: Vec<Cluster>,
    /// Nodes that are usable.
    pub nodes_running: u64,
    /// Nodes on their way up or down.
    pub nodes_moving: u64,
    /// Nodes that need somebody: failed or degraded, newest first.
    pub nodes_need_you: Vec<Node>,
    /// Nodes that end within a day, soonest first.
    pub nodes_end_soon: Vec<Node>,
    /// The caller's own nodes, newest first (at most 8).
    pub my_nodes: Vec<Node>,
    /// What everything running costs an hour, clusters and nodes.
    pub price_per_hour: MicroDollars,
    /// What has been spent since the month began, from prices and times.
    pub spent_this_month: MicroDollars,
    /// Environments of the caller's own tenants that have limits.
    pub limited: Vec<LimitedEnvironment>,
    /// The latest happenings, newest first (at most 8).
    pub lately: Vec<Happening>,
    /// The server's time.
    pub now: Timestamp,
}
