//! Messages for users.

use super::{API_VERSION, ErrorKind, VERSION};

/// What happened, SkyPilot's message, and what to do.
pub(super) fn message_for(kind: &ErrorKind, tried: &str, said: &str) -> String {
    let said = if said.is_empty() {
        "no reason given"
    } else {
        said.trim_end_matches('.')
    };
    match kind {
        ErrorKind::NoCapacity { tried: places } if !places.is_empty() => {
            let places: Vec<String> = places.iter().map(ToString::to_string).collect();
            format!(
                "No capacity for this machine. Tried: {}. Choose another region, another cloud or a smaller machine, or try \
                 again later.",
                places.join("; ")
            )
        }
        ErrorKind::NoCapacity { .. } => format!(
            "No offer for this machine: {said}. Choose another accelerator, count, region or cloud."
        ),
        ErrorKind::NoCloudAccess => format!(
            "SkyPilot has no usable cloud credentials for this: {said}. Check the credentials of the tenant's \
             environment."
        ),
        ErrorKind::OtherCloudAccount => format!(
            "The machine belongs to another cloud account than the current credentials: {said}. Restore the \
             credentials with which it was launched."
        ),
        ErrorKind::InvalidTask => format!("SkyPilot rejected the task: {said}."),
        ErrorKind::InvalidName => format!("SkyPilot rejected the name: {said}."),
        ErrorKind::NotUp => format!("The machine is not up: {said}."),
        ErrorKind::NotSupported => format!("The cloud does not support this: {said}."),
        ErrorKind::PermissionDenied => {
            format!("The SkyPilot API server does not allow the portal to {tried}: {said}.")
        }
        ErrorKind::Unauthorized => format!(
            "The SkyPilot API server rejected the token: {said}. If it is the token in Hangar's configuration, \
             create a new service account token and configure it."
        ),
        ErrorKind::VersionMismatch => format!(
            "The SkyPilot API server and Hangar are not compatible: {said}. Hangar uses API version {}; \
             use SkyPilot {} or newer.",
            API_VERSION, VERSION
        ),
        ErrorKind::Unreachable => {
            format!(
                "The SkyPilot API server could not {tried} at the moment: {said}. Try again later."
            )
        }
        ErrorKind::RequestLost => {
            format!("The SkyPilot API server has lost the request to {tried}: {said}.")
        }
        ErrorKind::NotFound | ErrorKind::AlreadyExists | ErrorKind::Rejected => {
            format!("The SkyPilot API server did not {tried}: {said}.")
        }
        _ => format!("The SkyPilot API server failed to {tried}: {said}."),
    }
}
