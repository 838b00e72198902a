//! States, operations and failures in a few words.

use domain::failure::FailureCode;
use domain::operation::Operation;

use super::ResourceView;

/// The line under the state in a list: progress or failure.
pub fn note(resource: &ResourceView) -> Option<String> {
    match &resource.failure {
        Some(failure) => Some(failure_summary(failure.code).to_owned()),
        None if resource.state.is_moving => Some(step_summary(&resource.operation)),
        None => None,
    }
}

/// “step 4 of 7”.
pub fn step_summary(operation: &Operation) -> String {
    let (done, all) = operation.progress();
    format!("step {} of {all}", (done + 1).min(all))
}

/// A failure in a few words; [`super::failure::FailureCard`] has the whole message.
pub const fn failure_summary(code: FailureCode) -> &'static str {
    match code {
        FailureCode::ImagePull => "image cannot be pulled",
        FailureCode::Unschedulable => "not enough capacity on the host",
        FailureCode::QuotaExceeded => "host quota exceeded",
        FailureCode::CrashLoop => "control plane keeps crashing",
        FailureCode::ContainerConfig => "pod configuration is incomplete",
        FailureCode::Volume => "volume cannot be provisioned",
        FailureCode::NoAddress => "no address yet",
        FailureCode::HostUnreachable => "host cluster unreachable",
        FailureCode::HostUnauthorized => "host cluster rejected the credential",
        FailureCode::HostForbidden => "permission missing on the host cluster",
        FailureCode::HostRefused => "host cluster rejected an object",
        FailureCode::NamespaceTaken => "namespace already exists",
        FailureCode::ObjectsMissing => "objects were deleted",
        FailureCode::NotAnswering => "API is not responding",
        FailureCode::Stopped => "stopped on the host",
        FailureCode::DeletionHeld => "deletion is blocked on the host",
        FailureCode::TakesTooLong => "taking longer than expected",
        FailureCode::LimitReached => "limit reached",
        FailureCode::NoCapacity => "no capacity available",
        FailureCode::NoCloudAccess => "no cloud is enabled",
        FailureCode::CloudCredential => "cloud rejected the credential",
        FailureCode::TaskRefused => "task was rejected",
        FailureCode::SetupFailed => "setup failed",
        FailureCode::MachineGone => "machine no longer exists",
        FailureCode::MachineUnhealthy => "machine is unhealthy",
        FailureCode::ServerUnreachable => "SkyPilot is unreachable",
        FailureCode::ServerUnauthorized => "SkyPilot rejected the portal's token",
        FailureCode::ServerRefused => "SkyPilot request failed",
    }
}
