//! Failures of resources, for users.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    ImagePull,
    /// No node of the host cluster has enough capacity.
    Unschedulable,
    /// A quota of the host cluster is exceeded.
    QuotaExceeded,
    /// The control plane keeps crashing.
    CrashLoop,
    /// The pod refers to something that is missing.
    ContainerConfig,
    /// A volume cannot be provisioned.
    Volume,
    /// The load balancer assigns no address.
    NoAddress,
    /// The host cluster does not respond.
    HostUnreachable,
    /// The host cluster rejects the portal's credentials.
    HostUnauthorized,
    /// The portal lacks a permission on the host cluster.
    HostForbidden,
    /// The host cluster rejects an object.
    HostRefused,
    NamespaceTaken,
    /// Objects were deleted outside the portal.
    ObjectsMissing,
    /// The control plane does not respond.
    NotAnswering,
    /// The control plane was paused or scaled to 0 on the host.
    Stopped,
    /// Something on the host blocks the deletion.
    DeletionHeld,
    /// A step takes longer than expected.
    TakesTooLong,
    /// A limit of the environment keeps the schedule from resuming the cluster.
    LimitReached,
    /// No candidate region has such a machine available.
    NoCapacity,
    /// No cloud of the tenant can run this.
    NoCloudAccess,
    /// The cloud rejects the tenant's credential.
    CloudCredential,
    /// SkyPilot rejects the task.
    TaskRefused,
    /// The setup commands failed.
    SetupFailed,
    /// The machine was terminated outside the portal.
    MachineGone,
    /// The machine exists but is not healthy.
    MachineUnhealthy,
    /// The SkyPilot API server does not respond.
    ServerUnreachable,
    /// The SkyPilot API server rejects the portal's token, or denies a permission.
    ServerUnauthorized,
    /// The SkyPilot API server rejects the request or fails.
    ServerRefused,
}

/// A failure as shown to users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    pub code: FailureCode,
    /// What happened, with the outside system's message.
    pub message: String,
    /// What to do.
    pub next_step: String,
    /// Whether the portal keeps retrying.
    pub retrying: bool,
}
