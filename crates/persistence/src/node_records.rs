//! Records of nodes and their workspaces.

use crate::{
    audit_records::AuditEntry,
    records::{Idempotency, QuotaCheck},
    sealed::Sealed,
};
use domain::{
    failure::Failure,
    ids::{EnvironmentId, NodeId, TenantId, UserId, WorkspaceId},
    listing::{Paging, StateCount},
    money::MicroDollars,
    node::{
        name::NodeName,
        order::{Autostop, NodeSpec},
        view::{NodeState, Placement},
    },
    operation::Operation,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;

/// A node as stored, with the names of what it refers to.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeRecord {
    /// Its id.
    pub id: NodeId,
    /// Its name, unique among the nodes of a tenant that are not deleted.
    pub name: NodeName,
    /// Whose it is.
    pub tenant: TenantRef,
    /// The part of the tenant it is in.
    pub environment: EnvironmentRef,
    /// What was ordered.
    pub spec: NodeSpec,
    /// The SkyPilot YAML that is sent.
    pub task_yaml: String,
    /// The name of its machine.
    pub machine: String,
    /// Its state.
    pub state: NodeState,
    /// What is wrong.
    pub failure: Option<Failure>,
    /// Where its machine is, once known.
    pub placement: Option<Placement>,
    /// The address for SSH, once known.
    pub address: Option<String>,
    /// When it is to stop by itself: what is wanted.
    pub autostop: Option<Autostop>,
    /// What an hour costs: quoted first, then of the machine that was found.
    pub price_per_hour: Option<MicroDollars>,
    /// What it has cost in times that are over.
    pub spent: MicroDollars,
    /// Since when it is being charged; `None`: it is not.
    pub charged_since: Option<Timestamp>,
    /// The newest request made for it on the server.
    pub request: Option<String>,
    /// The machine's state as last seen, in SkyPilot's word; `None`: not listed.
    pub seen: Option<String>,
    /// Who ordered it.
    pub created_by: UserId,
    /// Their name.
    pub created_by_name: String,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When it was first usable.
    pub ready_at: Option<Timestamp>,
    /// When the portal takes it down.
    pub ends_at: Option<Timestamp>,
    /// When it was gone.
    pub deleted_at: Option<Timestamp>,
    /// The newest operation.
    pub operation: Operation,
    /// Counts up with every write that a person can see.
    pub version: i64,
}

/// A node to be stored: desired state and the operation that makes it so.
#[derive(Clone, Debug)]
pub struct NewNode {
    /// Its id.
    pub id: NodeId,
    /// Its name.
    pub name: NodeName,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// The part of the tenant it is in.
    pub environment_id: EnvironmentId,
    /// What was ordered.
    pub spec: NodeSpec,
    /// The SkyPilot YAML that is sent.
    pub task_yaml: String,
    /// The name of its machine.
    pub machine: String,
    /// When it is to stop by itself.
    pub autostop: Option<Autostop>,
    /// What an hour costs, as quoted.
    pub price_per_hour: Option<MicroDollars>,
    /// Who ordered it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it is taken down.
    pub ends_at: Option<Timestamp>,
    /// The operation that launches it.
    pub operation: Operation,
    /// The key that makes the order one order, with a digest of the order it stands for.
    pub idempotency: Option<Idempotency>,
}

/// What became of an attempt to store an order.
#[derive(Clone, Debug)]
pub enum NodeOrderStored {
    /// It is stored.
    Created(NodeRecord),
    /// The same person sent the same key and the same order before; this is what it made.
    Replayed(NodeRecord),
    /// The key stands for another order.
    KeyReused,
    /// A node of the tenant that is not deleted has the name.
    NameTaken,
    /// There is no room for it in its environment; never [`QuotaCheck::Enough`].
    QuotaExceeded(QuotaCheck),
}

/// What a person asks of a node that exists.
#[derive(Clone, Debug)]
pub enum NodeChange {
    /// Turns it to this state with this operation. Its failure goes; its `request` stays that of the
    /// operation before until the new one is made: a deletion cancels a launch under way.
    Turn(NodeState, Operation),
    /// Changes when it stops by itself.
    Autostop(Option<Autostop>),
}

/// What a reconciler writes after looking at a node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeProgress {
    /// The state.
    pub state: NodeState,
    /// What is wrong.
    pub failure: Option<Failure>,
    /// Where its machine is.
    pub placement: Option<Placement>,
    /// The address for SSH.
    pub address: Option<String>,
    /// What an hour costs.
    pub price_per_hour: Option<MicroDollars>,
    /// Whether it is charged from now on. Turning it on begins an interval at `at`, with
    /// `price_per_hour`; turning it off, or another price, ends the one that is open.
    pub charged: bool,
    /// When it was looked at.
    pub at: Timestamp,
    /// The newest request made for it.
    pub request: Option<String>,
    /// The machine's state as seen.
    pub seen: Option<String>,
    /// When it was first usable.
    pub ready_at: Option<Timestamp>,
    /// When it was gone.
    pub deleted_at: Option<Timestamp>,
    /// The operation with its steps.
    pub operation: Operation,
    /// When to look again; `None`: only when woken.
    pub due_at: Option<Timestamp>,
    /// What the audit log is told, if the outcome is worth it.
    pub audit: Option<AuditEntry>,
}

/// The service account of a workspace as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedAccount {
    /// The server's id of the account.
    pub user_id: String,
    /// The server's id of its token.
    pub token_id: String,
    /// The token, sealed.
    pub token: Sealed,
}

/// A tenant's environment on the SkyPilot API server as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkspaceRecord {
    /// Its id.
    pub id: WorkspaceId,
    /// Whose it is.
    pub tenant: TenantRef,
    /// The environment.
    pub environment: EnvironmentRef,
    /// Its name on the server.
    pub name: String,
    /// Its service account, if the server has such.
    pub account: Option<SealedAccount>,
    /// Whether it has been made on the server.
    pub ready: bool,
    /// The clouds where it can run things, as last asked; empty: none, or not asked yet.
    pub enabled_clouds: Vec<String>,
    /// When that was asked.
    pub checked_at: Option<Timestamp>,
    /// What is wrong.
    pub failure: Option<Failure>,
    /// How often in a row the server refused or did not answer.
    pub attempts: u32,
    /// How many of its nodes are not deleted.
    pub nodes: u64,
}

/// What a reconciler writes after looking at a workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkspaceProgress {
    /// Its service account.
    pub account: Option<SealedAccount>,
    /// Whether it has been made on the server.
    pub ready: bool,
    /// The clouds where it can run things.
    pub enabled_clouds: Vec<String>,
    /// When that was asked.
    pub checked_at: Option<Timestamp>,
    /// What is wrong.
    pub failure: Option<Failure>,
    /// How often in a row the server refused or did not answer.
    pub attempts: u32,
    /// When to look again.
    pub due_at: Timestamp,
}

/// A machine nobody ordered here whose deletion an admin asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrphanRemoval {
    /// Its name.
    pub machine: String,
    /// The workspace it is in.
    pub workspace: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

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
    pub counts: Vec<StateCount<NodeState>>,
}
