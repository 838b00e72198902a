//! Records of nodes and their workspaces.

use crate::{
    records::{NewResource, Progress, Record},
    sealed::Sealed,
};
use domain::{
    failure::Failure,
    ids::WorkspaceId,
    money::MicroDollars,
    node::{
        order::{Autostop, NodeSpec},
        view::{NodeKind, NodeState, Placement},
    },
    operation::Operation,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;

/// A node as stored.
pub type NodeRecord = Record<NodeKind>;
/// A node to be stored.
pub type NewNode = NewResource<NodeKind>;
/// What a reconciler writes after looking at a node.
pub type NodeProgress = Progress<NodeKind>;

/// What is stored of a node beside the header of every resource. Its name is unique among the nodes of a tenant that are
/// not deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeColumns {
    /// What was ordered.
    pub spec: NodeSpec,
    /// The SkyPilot YAML that is sent.
    pub task_yaml: String,
    /// The name of its machine.
    pub machine: String,
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
}

impl NodeColumns {
    /// Of a node for which nothing was requested yet.
    pub fn ordered(spec: NodeSpec, task_yaml: String, machine: String) -> Self {
        Self {
            spec,
            task_yaml,
            machine,
            placement: None,
            address: None,
            autostop: None,
            price_per_hour: None,
            spent: MicroDollars(0),
            charged_since: None,
            request: None,
            seen: None,
        }
    }
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

/// What a reconciler finds out about a node beside its state.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeFindings {
    /// Where its machine is.
    pub placement: Option<Placement>,
    /// The address for SSH.
    pub address: Option<String>,
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

/// An orphaned machine whose deletion an admin requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrphanRemoval {
    /// Its name.
    pub machine: String,
    /// The workspace it is in.
    pub workspace: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
}
