//! A node as people see it.

use super::{
    name::NodeName,
    order::{Autostop, NodeSpec},
};
use crate::{
    cluster::UserRef,
    failure::Failure,
    ids::NodeId,
    money::MicroDollars,
    operation::Operation,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The states a person sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Ordered; nothing is asked for yet.
    Pending,
    /// Being launched.
    Provisioning,
    /// Usable.
    Ready,
    /// It was usable and is not quite so now; `failure` says why.
    Degraded,
    /// It does not come up, or is gone; `failure` says why.
    Failed,
    /// Being stopped.
    Stopping,
    /// Stopped: its disk stays, nothing runs.
    Stopped,
    /// Being started again.
    Starting,
    /// Being taken down.
    Deleting,
    /// Gone.
    Deleted,
}

impl NodeState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::Provisioning,
        Self::Ready,
        Self::Degraded,
        Self::Failed,
        Self::Stopping,
        Self::Stopped,
        Self::Starting,
        Self::Deleting,
        Self::Deleted,
    ];

    /// The word in requests and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Provisioning => "provisioning",
            Self::Ready => "ready",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Starting => "starting",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }

    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Provisioning => "Provisioning",
            Self::Ready => "Ready",
            Self::Degraded => "Degraded",
            Self::Failed => "Failed",
            Self::Stopping => "Stopping",
            Self::Stopped => "Stopped",
            Self::Starting => "Starting",
            Self::Deleting => "Deleting",
            Self::Deleted => "Deleted",
        }
    }

    /// Whether it changes by itself before long.
    pub fn is_moving(self) -> bool {
        matches!(
            self,
            Self::Pending | Self::Provisioning | Self::Stopping | Self::Starting | Self::Deleting
        )
    }

    /// Whether it can be used.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Ready | Self::Degraded)
    }
}

impl FromStr for NodeState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("“{text}” is not a node state."))
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

/// What a node has cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeCost {
    /// What an hour costs while it runs; `None`: no price is known.
    pub price_per_hour: Option<MicroDollars>,
    /// What it has cost until now, from prices and times.
    pub so_far: MicroDollars,
    /// Whether it is being charged at the moment.
    pub running: bool,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// Its name, unique in its tenant.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name: NodeName,
    /// Whose it is.
    pub tenant: TenantRef,
    /// The part of the tenant it is in.
    pub environment: EnvironmentRef,
    /// What was ordered.
    pub spec: NodeSpec,
    /// The SkyPilot YAML that was sent.
    pub task_yaml: String,
    /// The name of its machine on the SkyPilot API server.
    pub machine: String,
    /// Its workspace there.
    pub workspace: String,
    /// Its state.
    pub state: NodeState,
    /// What is wrong, if something is.
    pub failure: Option<Failure>,
    /// Where it is, once a cloud has given a machine.
    pub placement: Option<Placement>,
    /// The address for SSH, once known: `203.0.113.7:22`.
    pub address: Option<String>,
    /// When it stops or goes down by itself for want of work.
    pub autostop: Option<Autostop>,
    /// What it costs.
    pub cost: NodeCost,
    /// Who ordered it.
    pub created_by: UserRef,
    /// When it was ordered.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// When it was first usable.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub ready_at: Option<Timestamp>,
    /// When the portal takes it down.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub ends_at: Option<Timestamp>,
    /// The newest operation on it.
    pub operation: Operation,
    /// Counts up with every change.
    pub version: i64,
    /// What the caller may do with it now.
    pub allowed: AllowedNodeActions,
    /// The server's time: costs are as of then.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
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
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub launched_at: Option<Timestamp>,
    /// Whether its take-down has been asked for.
    pub going: bool,
}
