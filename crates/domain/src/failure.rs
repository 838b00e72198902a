//! Why something does not work, in people's words.

use serde::{Deserialize, Serialize};

/// The reasons Hangar tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// An image cannot be pulled.
    ImagePull,
    /// No node of the host cluster has room.
    Unschedulable,
    /// A quota of the host cluster refuses.
    QuotaExceeded,
    /// The control plane starts and ends again and again.
    CrashLoop,
    /// The pod's configuration refers to something that is missing.
    ContainerConfig,
    /// A volume cannot be provided.
    Volume,
    /// The load balancer gives no address.
    NoAddress,
    /// The host cluster does not answer.
    HostUnreachable,
    /// The host cluster does not accept the portal's credential.
    HostUnauthorized,
    /// The portal lacks a right on the host cluster.
    HostForbidden,
    /// The host cluster refuses an object.
    HostRefused,
    /// The namespace on the host belongs to something else.
    NamespaceTaken,
    /// What was made has been removed behind the portal's back.
    ObjectsMissing,
    /// The control plane does not answer.
    NotAnswering,
    /// The host still holds something that was to be deleted.
    DeletionHeld,
    /// It takes longer than it should.
    TakesTooLong,
    /// No place that was tried has such a machine at the moment.
    NoCapacity,
    /// The tenant has no cloud where this could run.
    NoCloudAccess,
    /// The cloud does not accept the tenant's credential.
    CloudCredential,
    /// The task is not accepted.
    TaskRefused,
    /// The set-up of the machine failed.
    SetupFailed,
    /// The machine was ended behind the portal's back.
    MachineGone,
    /// The machine is there and not healthy.
    MachineUnhealthy,
    /// The SkyPilot API server does not answer.
    ServerUnreachable,
    /// The SkyPilot API server does not accept the portal, or denies it a right.
    ServerUnauthorized,
    /// The SkyPilot API server refuses or fails.
    ServerRefused,
}

/// A failure as shown to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// Which kind it is.
    pub code: FailureCode,
    /// What happened, with the outside system's own words.
    pub message: String,
    /// What to do about it.
    pub next_step: String,
    /// Whether the portal goes on trying by itself.
    pub retrying: bool,
}
