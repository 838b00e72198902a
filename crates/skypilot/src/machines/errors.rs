//! Converts the client's errors into the port's.

use crate::client::{ErrorKind, SkyPilotError};
use provisioning::ports::machines::{MachineError, MachineErrorKind};
use std::error::Error as _;

pub(super) fn machine_error(error: SkyPilotError) -> MachineError {
    let type_ = error.error_type.as_deref().unwrap_or_default();
    let kind = match &error.kind {
        ErrorKind::Unreachable | ErrorKind::StillRunning => MachineErrorKind::Unreachable,
        ErrorKind::Unclear | ErrorKind::RequestLost => MachineErrorKind::Unclear,
        ErrorKind::Unauthorized | ErrorKind::PermissionDenied => MachineErrorKind::Unauthorized,
        ErrorKind::VersionMismatch => MachineErrorKind::VersionMismatch,
        ErrorKind::NotFound => MachineErrorKind::NotFound,
        ErrorKind::NotUp => MachineErrorKind::NotUp,
        ErrorKind::NoCapacity { .. } => MachineErrorKind::NoCapacity,
        ErrorKind::NoCloudAccess if type_ == "NoCloudAccessError" => {
            MachineErrorKind::NoCloudAccess
        }
        ErrorKind::NoCloudAccess | ErrorKind::OtherCloudAccount => {
            MachineErrorKind::CloudCredential
        }
        ErrorKind::InvalidTask
        | ErrorKind::InvalidName
        | ErrorKind::Rejected
        | ErrorKind::NotSupported => MachineErrorKind::Invalid,
        ErrorKind::Server if matches!(type_, "CommandError" | "ClusterSetUpError") => {
            MachineErrorKind::CommandFailed
        }
        ErrorKind::AlreadyExists | ErrorKind::Cancelled | ErrorKind::Server => {
            MachineErrorKind::Other
        }
    };
    let tried = match &error.kind {
        ErrorKind::NoCapacity { tried } => tried.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    MachineError {
        kind,
        detail: detail(&error),
        message: error.message,
        server_type: error.error_type,
        tried,
    }
}

/// For the log only: the HTTP status and the causes.
fn detail(error: &SkyPilotError) -> Option<String> {
    let mut details: Vec<String> = error
        .http_status
        .map(|status| format!("HTTP {status}"))
        .into_iter()
        .collect();
    let mut cause = error.source();
    while let Some(source) = cause {
        details.push(source.to_string());
        cause = source.source();
    }
    (!details.is_empty()).then(|| details.join(": "))
}

/// An error that the adapter detects itself.
pub(super) fn found(kind: MachineErrorKind, message: impl Into<String>) -> MachineError {
    MachineError {
        kind,
        message: message.into(),
        server_type: None,
        tried: Vec::new(),
        detail: None,
    }
}

/// For idempotent calls: a retry resolves an unclear outcome.
pub(super) fn repeatable(error: SkyPilotError) -> MachineError {
    let repeatable = matches!(error.kind, ErrorKind::RequestLost | ErrorKind::Unclear);
    let mut error = machine_error(error);
    if repeatable {
        error.kind = MachineErrorKind::Unreachable;
    }
    error
}
