//! A node as people see it.

use super::{
    name::NodeName,
    order::{Autostop, NodeSpec},
};
use crate::{
    access::Action,
    audit::AuditAction,
    ids::NodeId,
    listing::{ListPage, ListQuery, Sort},
    operation::OperationKind,
    resource::{Kind, Resource, states},
    usage::Cost,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeKind;

impl Kind for NodeKind {
    const NOUN: &'static str = "node";
    const SORTS: &'static [Sort] = &[
        Sort::Name,
        Sort::State,
        Sort::Created,
        Sort::Ends,
        Sort::Price,
    ];
    const READ: Action = Action::ReadNode;
    const DELETE: Action = Action::DeleteNode;
    const DELETED: AuditAction = AuditAction::DeleteNode;
    const DELETION: OperationKind = OperationKind::DeleteNode;
    const READY: AuditAction = AuditAction::NodeReady;
    const GONE: AuditAction = AuditAction::NodeDeleted;

    type Id = NodeId;
    type Name = NodeName;
    type State = NodeState;
    type Details = NodeDetails;
}

/// A node as callers see it.
pub type Node = Resource<NodeKind>;
pub type NodeQuery = ListQuery<NodeKind>;
pub type NodePage = ListPage<NodeKind>;

states! {
    /// The states a person sees.
    NodeState of a "node":
    /// Ordered; nothing is asked for yet.
    Pending, "pending", "Pending";
    Provisioning, "provisioning", "Provisioning";
    Ready, "ready", "Ready";
    /// It was ready and does not work fully now; `failure` says why.
    Degraded, "degraded", "Degraded";
    /// It does not become ready, or is gone; `failure` says why.
    Failed, "failed", "Failed";
    Stopping, "stopping", "Stopping";
    /// Its disk stays, nothing runs.
    Stopped, "stopped", "Stopped";
    Starting, "starting", "Starting";
    Deleting, "deleting", "Deleting";
    Deleted, "deleted", "Deleted";
}

impl NodeState {
    /// Whether it is on its way to another state.
    pub fn is_moving(self) -> bool {
        matches!(
            self,
            Self::Pending | Self::Provisioning | Self::Stopping | Self::Starting | Self::Deleting
        )
    }
}

/// Where a node's machine is, and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Placement {
    /// The cloud: `aws`.
    pub cloud: String,
    /// The region.
    pub region: String,
    /// The machine type, once known.
    pub instance_type: Option<String>,
}

/// What callers see of a node beside the header of every resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeDetails {
    /// What was ordered.
    pub spec: NodeSpec,
    /// The SkyPilot YAML that was sent.
    pub task_yaml: String,
    /// The name of its machine on the SkyPilot API server.
    pub machine: String,
    /// Its workspace there.
    pub workspace: String,
    /// Where it is, once a cloud has given a machine.
    pub placement: Option<Placement>,
    /// The address for SSH, once known: `203.0.113.7:22`.
    pub address: Option<String>,
    /// When it stops or is deleted because it is idle.
    pub autostop: Option<Autostop>,
    /// What it costs.
    pub cost: Cost,
    /// What the caller may do with it now.
    pub allowed: AllowedNodeActions,
    /// The server's time: costs are as of then.
    pub now: Timestamp,
}

/// What a caller may do with a node: by role and by its state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AllowedNodeActions {
    /// Be given the key.
    pub connect: bool,
    /// Read logs.
    pub logs: bool,
    /// Submit and cancel jobs.
    pub jobs: bool,
    /// Stop it.
    pub stop: bool,
    /// Start it.
    pub start: bool,
    /// Change when it stops by itself.
    pub autostop: bool,
    /// Take it down.
    pub delete: bool,
}

/// Something that happened to a node's machine, as SkyPilot tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeEvent {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub message: String,
}

/// A machine on the SkyPilot API server that nobody ordered here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Orphan {
    /// Its name there.
    pub machine: String,
    /// The workspace it is in.
    pub workspace: String,
    /// Its state there, in SkyPilot's word.
    pub state: String,
    /// What it is, in SkyPilot's words: `1x(gpus=H100:1, p5.4xlarge, ...)`.
    pub resources: String,
    /// Where it is.
    pub place: Option<String>,
    /// When it was launched.
    pub launched_at: Option<Timestamp>,
    /// Whether its take-down has been asked for.
    pub going: bool,
}
