//! Operations and failures in a few words, for lists.

use domain::failure::FailureCode;
use domain::operation::Operation;

/// “step 4 of 7”.
pub fn step_words(operation: &Operation) -> String {
    let (done, all) = operation.progress();
    format!("step {} of {all}", (done + 1).min(all))
}

/// A failure in a few words, for where a sentence has no room.
pub const fn failure_words(code: FailureCode) -> &'static str {
    match code {
        FailureCode::ImagePull => "image cannot be pulled",
        FailureCode::Unschedulable => "no room on the host",
        FailureCode::QuotaExceeded => "host quota reached",
        FailureCode::CrashLoop => "control plane keeps ending",
        FailureCode::ContainerConfig => "pod configuration is incomplete",
        FailureCode::Volume => "no volume to be had",
        FailureCode::NoAddress => "no address yet",
        FailureCode::HostUnreachable => "host does not answer",
        FailureCode::HostUnauthorized => "host refuses our credential",
        FailureCode::HostForbidden => "a right on the host is missing",
        FailureCode::HostRefused => "host refuses an object",
        FailureCode::NamespaceTaken => "namespace is taken",
        FailureCode::ObjectsMissing => "objects were removed",
        FailureCode::NotAnswering => "API does not answer",
        FailureCode::DeletionHeld => "host holds something back",
        FailureCode::TakesTooLong => "takes longer than it should",
        FailureCode::NoCapacity => "no capacity to be had",
        FailureCode::NoCloudAccess => "no cloud to run on",
        FailureCode::CloudCredential => "cloud refuses the credential",
        FailureCode::TaskRefused => "task is not accepted",
        FailureCode::SetupFailed => "set-up failed",
        FailureCode::MachineGone => "machine is gone",
        FailureCode::MachineUnhealthy => "machine is not healthy",
        FailureCode::ServerUnreachable => "SkyPilot does not answer",
        FailureCode::ServerUnauthorized => "SkyPilot refuses the portal",
        FailureCode::ServerRefused => "SkyPilot refuses or fails",
    }
}
