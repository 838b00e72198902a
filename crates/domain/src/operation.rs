//! Operations: long-running changes with named steps and times.

use crate::{failure::Failure, ids::OperationId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    CreateCluster,
    DeleteCluster,
    /// Puts a cluster's objects on its host right, and starts what was stopped there.
    RestoreCluster,
    /// Stops a cluster's control plane and workloads; its data stays.
    PauseCluster,
    ResumeCluster,
    LaunchNode,
    /// Stops a node; its disk stays.
    StopNode,
    StartNode,
    DeleteNode,
}

/// The steps in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// The request is in the database.
    Accepted,
    /// The namespace exists on the host.
    Namespace,
    Objects,
    /// The control plane's pod has a node.
    PodScheduled,
    /// The pod's images are pulled.
    ImagePulled,
    /// The cluster's API responds.
    ApiAnswering,
    /// A kubeconfig can be downloaded.
    KubeconfigReady,
    /// No pod of the control plane is left.
    ControlPlaneStopped,
    /// No pod of the cluster's users is left on the host.
    WorkloadsStopped,
    /// The host has accepted the deletion.
    DeletionStarted,
    /// Nothing is left on the host.
    NothingLeft,
    /// The environment's workspace exists on the SkyPilot API server.
    WorkspaceReady,
    /// The SkyPilot API server has the request.
    Requested,
    /// A cloud has provided a machine.
    MachineFound,
    /// SkyPilot's runtime responds on the machine.
    RuntimeReady,
    /// The setup commands have finished and the first job is submitted.
    SetUp,
    /// The address for SSH is known.
    Connectable,
    Stopped,
    /// SkyPilot no longer lists the machine.
    Deleted,
}

impl StepName {
    pub fn title(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::Namespace => "Namespace created",
            Self::Objects => "Objects applied",
            Self::PodScheduled => "Pod scheduled",
            Self::ImagePulled => "Images pulled",
            Self::ApiAnswering => "API responding",
            Self::KubeconfigReady => "Kubeconfig ready",
            Self::ControlPlaneStopped => "Control plane stopped",
            Self::WorkloadsStopped => "Workloads stopped",
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
    /// In order.
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
            Self::PauseCluster => &[
                StepName::Accepted,
                StepName::ControlPlaneStopped,
                StepName::WorkloadsStopped,
            ],
            Self::RestoreCluster | Self::ResumeCluster => &[
                StepName::Accepted,
                StepName::Objects,
                StepName::ApiAnswering,
                StepName::KubeconfigReady,
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

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateCluster => "create_cluster",
            Self::DeleteCluster => "delete_cluster",
            Self::RestoreCluster => "restore_cluster",
            Self::PauseCluster => "pause_cluster",
            Self::ResumeCluster => "resume_cluster",
            Self::LaunchNode => "launch_node",
            Self::StopNode => "stop_node",
            Self::StartNode => "start_node",
            Self::DeleteNode => "delete_node",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not started.
    Waiting,
    /// In progress.
    Running,
    Done,
    /// Failed or blocked; the operation's failure has the reason.
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    pub name: StepName,
    pub state: StepState,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
    /// Additional text: “11 objects in vcluster-payments-ci”.
    pub detail: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operation {
    pub id: OperationId,
    pub kind: OperationKind,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
    /// Consecutive attempts that the outside system refused or did not answer; 0 if all goes well.
    pub attempts: u32,
    /// In order.
    pub steps: Vec<Step>,
    /// The current failure.
    pub failure: Option<Failure>,
}

impl Operation {
    /// A new operation whose step `Accepted` is done and whose second step is running.
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

    /// The number of completed steps, and of all steps.
    pub fn progress(&self) -> (usize, usize) {
        let done = self
            .steps
            .iter()
            .filter(|step| step.state == StepState::Done)
            .count();
        (done, self.steps.len())
    }
}
