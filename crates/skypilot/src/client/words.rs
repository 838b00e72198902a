//! What people are told when something goes wrong.

use super::{API_VERSION, ErrorKind, VERSION};

/// What happened, SkyPilot's words, and the way out.
pub(super) fn worded(kind: &ErrorKind, tried: &str, said: &str) -> String {
    let said = if said.is_empty() {
        "it gives no reason"
    } else {
        said.trim_end_matches('.')
    };
    match kind {
        ErrorKind::NoCapacity { tried: places } if !places.is_empty() => {
            let places: Vec<String> = places.iter().map(ToString::to_string).collect();
            format!(
                "No machine was to be had. Tried: {}. Try another region, another cloud or a smaller machine, or try \
                 again later.",
                places.join("; ")
            )
        }
        ErrorKind::NoCapacity { .. } => format!(
            "No machine was to be had: {said}. Ask for another accelerator, count, region or cloud."
        ),
        ErrorKind::NoCloudAccess => format!(
            "SkyPilot has no usable cloud credentials for this: {said}. Check the credentials of the tenant's \
             environment."
        ),
        ErrorKind::OtherCloudAccount => format!(
            "The machine belongs to another cloud account than the credentials in use now: {said}. Use the \
             credentials it was launched with."
        ),
        ErrorKind::InvalidTask => format!("SkyPilot does not accept the task: {said}."),
        ErrorKind::InvalidName => format!("SkyPilot does not accept the name: {said}."),
        ErrorKind::NotUp => format!("The machine is not up: {said}."),
        ErrorKind::NotSupported => format!("The cloud cannot do this: {said}."),
        ErrorKind::PermissionDenied => {
            format!("The SkyPilot API server does not let the portal {tried}: {said}.")
        }
        ErrorKind::Unauthorized => format!(
            "The SkyPilot API server does not accept the token: {said}. If it is the one in Hangar's configuration, \
             make a new service account token there and put it in."
        ),
        ErrorKind::VersionMismatch => format!(
            "The SkyPilot API server and Hangar do not fit together: {said}. Hangar speaks version {} of its API; \
             run SkyPilot {} or newer.",
            API_VERSION, VERSION
        ),
        ErrorKind::Unreachable => {
            format!("The SkyPilot API server could not {tried} now: {said}. Try again later.")
        }
        ErrorKind::RequestLost => format!(
            "The SkyPilot API server does not know any more what became of the request to {tried}: {said}."
        ),
        ErrorKind::NotFound | ErrorKind::AlreadyExists | ErrorKind::Rejected => {
            format!("The SkyPilot API server did not {tried}: {said}.")
        }
        _ => format!("The SkyPilot API server failed to {tried}: {said}."),
    }
}
