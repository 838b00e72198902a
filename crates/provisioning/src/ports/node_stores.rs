//! The stores of nodes and workspaces. Each method is one transaction; whatever it announces, it
//! announces after commit.

use super::stores::{Costs, Extent, Stored};
use crate::{
    audit::AuditEntry,
    node_records::{
        NewNode, NodeChange, NodeOrderStored, NodeProgress, NodeRecord, OrphanRemoval,
        WorkspaceProgress, WorkspaceRecord,
    },
    records::Claim,
};
use async_trait::async_trait;
use domain::{
    ids::{EnvironmentId, NodeId, TenantId, UserId, WorkspaceId},
    listing::Paging,
    node::{
        catalogue::Offer,
        listing::{NodeQuery, NodeStateCount},
        name::NodeName,
        view::Orphan,
    },
    operation::Operation,
};
use jiff::{SignedDuration, Timestamp};

/// One page of records.
#[derive(Clone, Debug)]
pub struct NodeRecordPage {
    /// The nodes of the page.
    pub items: Vec<NodeRecord>,
    /// Which page this is.
    pub paging: Paging,
    /// How many match altogether.
    pub total: u64,
    /// How many match in each state, whatever states were asked for.
    pub counts: Vec<NodeStateCount>,
}

/// Nodes, their operations and the work on them. Leases, fences and wakes are as for clusters.
#[async_trait]
pub trait NodeStore: Send + Sync {
    /// Stores an order with its operation and audit entry, due at once; announces it.
    async fn store_node_order(&self, new: NewNode, audit: AuditEntry) -> Stored<NodeOrderStored>;

    /// Whether a node of the tenant that is not deleted has the name.
    async fn node_name_taken(&self, tenant: TenantId, name: &NodeName) -> Stored<bool>;

    /// One node, also a deleted one.
    async fn node(&self, id: NodeId) -> Stored<Option<NodeRecord>>;

    /// A page. `owner` is the person whose nodes `query.mine` means.
    async fn nodes(
        &self,
        scope: &Extent,
        owner: Option<UserId>,
        query: &NodeQuery,
    ) -> Stored<NodeRecordPage>;

    /// Nodes in `scope` that end before `before` and are not being deleted, soonest first.
    async fn nodes_ending_before(
        &self,
        scope: &Extent,
        before: Timestamp,
        limit: u32,
    ) -> Stored<Vec<NodeRecord>>;

    /// Every node of the environment that is not deleted.
    async fn nodes_of_environment(&self, environment: EnvironmentId) -> Stored<Vec<NodeRecord>>;

    /// The names of the machines of every node that is not deleted.
    async fn machine_names(&self) -> Stored<Vec<String>>;

    /// What the nodes in `scope` cost between `since` and `now`, by their intervals.
    async fn node_costs(&self, scope: &Extent, since: Timestamp, now: Timestamp) -> Stored<Costs>;

    /// Writes what a person asks of a node with the audit entry, if the node is as it was in
    /// `version`; due at once; announces it. `None`: it has changed meanwhile, nothing was written.
    async fn store_node_change(
        &self,
        id: NodeId,
        version: i64,
        change: NodeChange,
        audit: AuditEntry,
    ) -> Stored<Option<NodeRecord>>;

    /// Claims up to `limit` nodes whose work is due and that nobody holds, until `now + lease`.
    async fn claim_nodes(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<NodeRecord>>>;

    /// Holds a claim longer. `false`: it is lost.
    async fn extend_node(&self, claim: &Claim<NodeRecord>, until: Timestamp) -> Stored<bool>;

    /// Writes progress, opening and closing intervals of cost, and ends the claim; announces the
    /// change if a person can see one. If the node was woken meanwhile it stays due at once.
    /// `false`: the claim had been lost and nothing was written. A node to which a person gave
    /// another operation meanwhile keeps that state, operation and request; the claim still ends
    /// and the node is due at once.
    async fn record_node(&self, claim: &Claim<NodeRecord>, progress: NodeProgress) -> Stored<bool>;

    /// Writes the request just made for a claimed node with its operation, in which that step is
    /// marked now, and goes on holding the claim, so that a crash right after finds both. `false`:
    /// the claim had been lost, or a person gave the node another operation meanwhile.
    async fn note_node_request(
        &self,
        claim: &Claim<NodeRecord>,
        request: &str,
        operation: &Operation,
    ) -> Stored<bool>;

    /// Makes the work on a node due at once and announces that work is due.
    async fn wake_node(&self, id: NodeId) -> Stored<()>;

    /// When the next work is due (leases included), if any.
    async fn next_node_due(&self) -> Stored<Option<Timestamp>>;
}

/// Workspaces, one for each environment of each tenant, and the work on them.
#[async_trait]
pub trait WorkspaceStore: Send + Sync {
    /// Makes sure that each environment has a workspace, with
    /// [`workspace_name`](domain::node::machine_name::workspace_name); new ones are due at once.
    async fn seed_workspaces(&self) -> Stored<()>;

    /// The workspace of an environment.
    async fn workspace_of(&self, environment: EnvironmentId) -> Stored<Option<WorkspaceRecord>>;

    /// The workspace of that name.
    async fn workspace_named(&self, name: &str) -> Stored<Option<WorkspaceRecord>>;

    /// Every workspace, by name.
    async fn workspaces(&self) -> Stored<Vec<WorkspaceRecord>>;

    /// Claims up to `limit` workspaces whose work is due and that nobody holds.
    async fn claim_workspaces(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<WorkspaceRecord>>>;

    /// Holds a claim longer. `false`: it is lost.
    async fn extend_workspace(
        &self,
        claim: &Claim<WorkspaceRecord>,
        until: Timestamp,
    ) -> Stored<bool>;

    /// Writes progress and ends the claim. `false`: the claim had been lost.
    async fn record_workspace(
        &self,
        claim: &Claim<WorkspaceRecord>,
        progress: WorkspaceProgress,
    ) -> Stored<bool>;

    /// Makes the work on a workspace due at once and announces that work is due.
    async fn wake_workspace(&self, id: WorkspaceId) -> Stored<()>;

    /// When the next work is due (leases included), if any.
    async fn next_workspace_due(&self) -> Stored<Option<Timestamp>>;
}

/// What was last read from the SkyPilot API server as a whole.
#[async_trait]
pub trait ServerReportStore: Send + Sync {
    /// Keeps the catalogue, in place of the one before.
    async fn store_catalogue(&self, offers: &[Offer], read_at: Timestamp) -> Stored<()>;

    /// The catalogue and when it was read.
    async fn catalogue(&self) -> Stored<Option<(Vec<Offer>, Timestamp)>>;

    /// Keeps the machines that nobody ordered, in place of those before.
    async fn store_orphans(&self, orphans: &[Orphan]) -> Stored<()>;

    /// The machines that nobody ordered, as last seen; those whose removal was asked for are `going`.
    async fn orphans(&self) -> Stored<Vec<Orphan>>;

    /// Asks for the removal of one, with the audit entry; once is enough.
    async fn store_orphan_removal(&self, removal: OrphanRemoval, audit: AuditEntry) -> Stored<()>;

    /// The removals that were asked for and are not done.
    async fn orphan_removals(&self) -> Stored<Vec<OrphanRemoval>>;

    /// Forgets a removal that is done.
    async fn end_orphan_removal(&self, machine: &str, workspace: &str) -> Stored<()>;
}
