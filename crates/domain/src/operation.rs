//! Operations: one long-running change with named steps and their times.

use crate::{failure::Failure, ids::OperationId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Makes a cluster.
    CreateCluster,
    /// Takes a cluster down.
    DeleteCluster,
    /// Launches a node.
    LaunchNode,
    /// Stops a node; its disk stays.
    StopNode,
    /// Starts a stopped node.
    StartNode,
    /// Takes a node down.
    DeleteNode,
}

/// The steps there are, in the order they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// The order is in the database.
    Accepted,
    /// The namespace exists on the host.
    Namespace,
    /// Every object is applied.
    Objects,
    /// The control plane's pod has a node.
    PodScheduled,
    /// Its images are there.
    ImagePulled,
    /// The cluster's API answers.
    ApiAnswering,
    /// A kubeconfig can be had.
    KubeconfigReady,
    /// The host has been told to delete.
    DeletionStarted,
    /// Nothing is left on the host.
    NothingLeft,
    /// The tenant's workspace is there on the SkyPilot API server.
    WorkspaceReady,
    /// The SkyPilot API server has been asked.
    Requested,
    /// A cloud has given a machine.
    MachineFound,
    /// SkyPilot's runtime is on the machine and answers.
    RuntimeReady,
    /// The set-up commands have run and the first job is submitted.
    SetUp,
    /// The address for SSH is known.
    Connectable,
    /// The machine is stopped.
    Stopped,
    /// SkyPilot no longer lists the machine.
    Deleted,
}

impl StepName {
    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::Namespace => "Namespace created",
            Self::Objects => "Objects applied",
            Self::PodScheduled => "Pod scheduled",
            Self::ImagePulled => "Images pulled",
            Self::ApiAnswering => "API responding",
            Self::KubeconfigReady => "Kubeconfig ready",
            Self::DeletionStarted => "Deletion started",
            Self::NothingLeft => "Nothing left on the host",
            Self::WorkspaceReady => "Workspace ready",
            Self::Requested => "Requested from SkyPilot",
            Self::MachineFound => "Machine found",
            Self::RuntimeReady => "Runtime ready",
            Self::SetUp => "Setup finished",
            Self::Connectable => "Reachable by SSH",
            Self::Stopped => "Stopped",
            Self::Deleted => "Nothing left in the cloud",
        }
    }
}

impl OperationKind {
    /// The steps of such an operation, in order.
    pub fn steps(self) -> &'static [StepName] {
        match self {
            Self::CreateCluster => &[
                StepName::Accepted,
                StepName::Namespace,
                StepName::Objects,
                StepName::PodScheduled,
                StepName::ImagePulled,
                StepName::ApiAnswering,
                StepName::KubeconfigReady,
            ],
            Self::DeleteCluster => &[
                StepName::Accepted,
                StepName::DeletionStarted,
                StepName::NothingLeft,
            ],
            Self::LaunchNode => &[
                StepName::Accepted,
                StepName::WorkspaceReady,
                StepName::Requested,
                StepName::MachineFound,
                StepName::RuntimeReady,
                StepName::SetUp,
                StepName::Connectable,
            ],
            Self::StopNode => &[StepName::Accepted, StepName::Requested, StepName::Stopped],
            Self::StartNode => &[
                StepName::Accepted,
                StepName::Requested,
                StepName::RuntimeReady,
                StepName::Connectable,
            ],
            Self::DeleteNode => &[StepName::Accepted, StepName::Requested, StepName::Deleted],
        }
    }

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateCluster => "create_cluster",
            Self::DeleteCluster => "delete_cluster",
            Self::LaunchNode => "launch_node",
            Self::StopNode => "stop_node",
            Self::StartNode => "start_node",
            Self::DeleteNode => "delete_node",
        }
    }
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It is going on.
    Running,
    /// It is done.
    Done,
    /// It is stuck; the operation's failure says why.
    Failed,
}

/// One step with its times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// Which step it is.
    pub name: StepName,
    /// How far it is.
    pub state: StepState,
    /// When it began.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub started_at: Option<Timestamp>,
    /// When it was done.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub finished_at: Option<Timestamp>,
    /// More about it: “11 objects in vcluster-payments-ci”.
    pub detail: Option<String>,
}

/// One long-running change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// When it was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub started_at: Timestamp,
    /// When it came to its end.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub finished_at: Option<Timestamp>,
    /// How often in a row the outside refused or did not answer; 0 when all goes well.
    pub attempts: u32,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// What is wrong at the moment.
    pub failure: Option<Failure>,
}

impl Operation {
    /// A fresh operation whose `Accepted` step is done and whose second step is under way.
    pub fn begin(id: OperationId, kind: OperationKind, now: Timestamp) -> Self {
        let steps = kind
            .steps()
            .iter()
            .enumerate()
            .map(|(position, name)| Step {
                name: *name,
                state: match position {
                    0 => StepState::Done,
                    1 => StepState::Running,
                    _ => StepState::Waiting,
                },
                started_at: (position <= 1).then_some(now),
                finished_at: (position == 0).then_some(now),
                detail: None,
            })
            .collect();
        Self {
            id,
            kind,
            started_at: now,
            finished_at: None,
            attempts: 0,
            steps,
            failure: None,
        }
    }

    /// The first step that is not done.
    pub fn current(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.state != StepState::Done)
    }

    /// How many steps are done, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        let done = self
            .steps
            .iter()
            .filter(|step| step.state == StepState::Done)
            .count();
        (done, self.steps.len())
    }
}
