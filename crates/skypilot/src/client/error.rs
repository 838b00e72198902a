//! Typed errors of a SkyPilot API server.

use super::{
    capacity::{self, TriedPlace},
    messages::message_for,
};
use crate::plain_text::plain;
use serde::Deserialize;
use serde_json::Value;
use std::error::Error as StdError;

/// The result of every call.
pub type Answer<T> = Result<T, SkyPilotError>;

/// The server refused, failed, or did not respond.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SkyPilotError {
    pub kind: ErrorKind,
    /// SkyPilot's own type, such as `ResourcesUnavailableError`.
    pub error_type: Option<String>,
    /// SkyPilot's own message, as plain text.
    pub said: Option<String>,
    /// The HTTP status of the response.
    pub http_status: Option<u16>,
    /// The message for users, with SkyPilot's message and what to do; no secrets.
    pub message: String,
    /// The cause, for the log.
    #[source]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The errors that the portal distinguishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The cluster, workspace, token or log does not exist.
    NotFound,
    /// The server does not know the request any more (it was restarted), or its restart interrupted the request. The
    /// state of the clusters shows the outcome.
    RequestLost,
    Cancelled,
    /// The request has not completed within the timeout and is still running.
    StillRunning,
    /// No place has capacity for the machine. Empty: no offer matches, or none was tried.
    NoCapacity {
        /// The places tried, in order.
        tried: Vec<TriedPlace>,
    },
    /// No cloud is enabled, or its credentials are missing or rejected.
    NoCloudAccess,
    /// The cluster belongs to another cloud account than the current credentials.
    OtherCloudAccount,
    /// The task is not valid YAML or not a valid task.
    InvalidTask,
    /// SkyPilot does not accept the cluster's name.
    InvalidName,
    /// The cluster is not up.
    NotUp,
    /// The cloud or machine does not support the operation (such as stop, or open ports).
    NotSupported,
    /// The name is already in use.
    AlreadyExists,
    /// The identity lacks the permission.
    PermissionDenied,
    /// The token is missing or rejected.
    Unauthorized,
    /// The server is older than the portal requires, or requires a newer portal.
    VersionMismatch,
    /// The server does not respond, or is too busy. Nothing was done.
    Unreachable,
    /// The server may have accepted the request. The state of the clusters shows the outcome.
    Unclear,
    /// The server rejected the request for another reason.
    Rejected,
    /// The server failed, or the response is not one of SkyPilot.
    Server,
}

impl SkyPilotError {
    /// An error that the client detects itself.
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            error_type: None,
            said: None,
            http_status: None,
            message: message.into(),
            source: None,
        }
    }

    /// Adds the cause, for the log.
    pub(super) fn caused_by(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// Adds the HTTP status of the response.
    pub(super) fn with_status(mut self, status: u16) -> Self {
        self.http_status = Some(status);
        self
    }

    /// A request that the server accepted and that failed with `type_` and `message`, from `/api/get`.
    pub(super) fn failed(tried: &str, type_: &str, message: &str) -> Self {
        let said = plain(message);
        let kind = kind_of(type_, &said);
        Self {
            message: message_for(&kind, tried, &said),
            kind,
            error_type: Some(type_.to_owned()),
            said: Some(said),
            http_status: None,
            source: None,
        }
    }

    /// A response that is not a success.
    pub(super) fn answered(tried: &str, status: u16, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let error = match serde_json::from_str::<Value>(&text) {
            // The response repeats the whole request, including secrets.
            _ if status == 422 => Self::new(
                ErrorKind::Rejected,
                format!(
                    "The SkyPilot API server does not understand the request to {tried}. Check its version \
                     with `hangar check`."
                ),
            ),
            Ok(Value::Object(body)) => {
                let text_of = |name: &str| body.get(name).and_then(Value::as_str);
                let detail = body.get("detail");
                if text_of("error") == Some("version_mismatch") {
                    Self::failed(
                        tried,
                        "APIVersionMismatchError",
                        text_of("message").unwrap_or(""),
                    )
                } else if let Some(thrown) = detail
                    .and_then(|detail| Exception::deserialize(detail).ok())
                    .filter(|thrown| !thrown.type_.is_empty())
                {
                    Self::failed(tried, &thrown.type_, &thrown.message)
                } else {
                    let said = detail.and_then(Value::as_str).unwrap_or_default();
                    Self::by_status(tried, status, said)
                }
            }
            Ok(Value::String(said)) => Self::by_status(tried, status, &said),
            // A crashed handler responds with a traceback, a proxy with a page.
            _ => Self::by_status(tried, status, last_line(&text)),
        };
        error.with_status(status)
    }

    fn by_status(tried: &str, status: u16, said: &str) -> Self {
        let said = plain(said);
        let kind = match status {
            401 => ErrorKind::Unauthorized,
            403 => ErrorKind::PermissionDenied,
            404 => ErrorKind::NotFound,
            // For an existing service account the response is 500 with the 400 in its text.
            400 | 409 | 500 if said.contains("already exists") => ErrorKind::AlreadyExists,
            502..=504 => ErrorKind::Unreachable,
            400..=499 => ErrorKind::Rejected,
            _ => ErrorKind::Server,
        };
        Self {
            message: message_for(&kind, tried, &said),
            kind,
            error_type: None,
            said: (!said.is_empty()).then_some(said),
            http_status: Some(status),
            source: None,
        }
    }
}

/// An exception as SkyPilot sends it.
#[derive(Debug, Deserialize)]
pub(super) struct Exception {
    /// The name of its class.
    #[serde(rename = "type", default)]
    pub type_: String,
    /// Its message.
    #[serde(default)]
    pub message: String,
}

/// The kind of an exception by its class, from `sky/exceptions.py` of 0.14.1, Python and the YAML library.
fn kind_of(type_: &str, said: &str) -> ErrorKind {
    match type_ {
        "ResourcesUnavailableError" | "KubeAPIUnreachableError" => ErrorKind::NoCapacity {
            tried: capacity::tried(said),
        },
        "NoCloudAccessError"
        | "CloudUserIdentityError"
        | "InvalidCloudConfigs"
        | "InvalidCloudCredentials" => ErrorKind::NoCloudAccess,
        // `… is in workspace 'a', but the active workspace is 'b'` has the same class.
        "ClusterOwnerIdentityMismatchError" if said.contains("active workspace") => {
            ErrorKind::PermissionDenied
        }
        "ClusterOwnerIdentityMismatchError" => ErrorKind::OtherCloudAccount,
        "ClusterDoesNotExist" => ErrorKind::NotFound,
        // The endpoints of a cluster that does not exist.
        "ClusterNotUpError" if said.ends_with("not found.") => ErrorKind::NotFound,
        "ClusterNotUpError" => ErrorKind::NotUp,
        "InvalidClusterNameError" | "InvalidWorkspaceNameError" => ErrorKind::InvalidName,
        "PermissionDeniedError" | "NoWorkspaceAccessError" | "UserRequestRejectedByPolicy" => {
            ErrorKind::PermissionDenied
        }
        "InvalidSkyPilotConfigError"
        | "ParserError"
        | "ScannerError"
        | "ComposerError"
        | "ConstructorError"
        | "YAMLError" => ErrorKind::InvalidTask,
        "NotSupportedError" => ErrorKind::NotSupported,
        "RequestInterruptedError" => ErrorKind::RequestLost,
        "RequestCancelled" => ErrorKind::Cancelled,
        "APIVersionMismatchError" => ErrorKind::VersionMismatch,
        "ConcurrentWorkerExhaustedError" | "ServerTemporarilyUnavailableError" => {
            ErrorKind::Unreachable
        }
        "ValueError" if said.contains("already exists") => ErrorKind::AlreadyExists,
        "ValueError" if said.contains("does not exist") && said.starts_with("Workspace") => {
            ErrorKind::NotFound
        }
        // The events of a cluster that never existed.
        "ValueError" if said.starts_with("Hash for cluster") => ErrorKind::NotFound,
        "ValueError" => ErrorKind::Rejected,
        _ => ErrorKind::Server,
    }
}

fn last_line(text: &str) -> &str {
    let lines = text.lines().map(str::trim);
    lines.rev().find(|line| !line.is_empty()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain_text::LONGEST_MESSAGE;

    #[test]
    fn a_refused_request_body_is_never_repeated() {
        let body = br#"{"detail":[{"type":"missing","loc":["body","task"],"msg":"Field required","input":{"env_vars":{"AWS_SECRET_ACCESS_KEY":"canary"}}}]}"#;
        let error = SkyPilotError::answered("launch it", 422, body);
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn of_a_traceback_only_the_last_line_is_told() {
        let body = b"  | ExceptionGroup: unhandled errors\n    | KeyError: 'A'\n\nKeyError: 'SKYPILOT_USER_ID'\n";
        let error = SkyPilotError::answered("list the clusters", 500, body);
        assert_eq!(error.kind, ErrorKind::Server);
        assert_eq!(error.said.as_deref(), Some("KeyError: 'SKYPILOT_USER_ID'"));
        assert!(!error.message.contains("ExceptionGroup"));
    }

    #[test]
    fn colours_do_not_reach_people() {
        let error = SkyPilotError::failed(
            "launch it",
            "NoCloudAccessError",
            "Cloud access is not set up. Run: \u{1b}[1msky check\u{1b}[0m",
        );
        assert_eq!(error.kind, ErrorKind::NoCloudAccess);
        assert!(
            error.message.contains("Run: sky check."),
            "{}",
            error.message
        );
    }

    #[test]
    fn a_message_as_long_as_a_log_is_cut() {
        let error = SkyPilotError::failed("do it", "RuntimeError", &"ä".repeat(100_000));
        assert!(error.message.chars().count() < LONGEST_MESSAGE + 200);
    }

    #[test]
    fn a_page_of_a_proxy_is_a_server_that_is_not_there() {
        let error = SkyPilotError::answered("list", 502, b"<html>\n<h1>502 Bad Gateway</h1>\n");
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert_eq!(error.http_status, Some(502));
    }

    #[test]
    fn a_service_account_name_that_is_taken_is_told_apart() {
        let body = br#"{"detail":"Failed to create service account token: 400: Service account with name 'a' already exists (sa-1). Please use a different name."}"#;
        let error = SkyPilotError::answered("create the service account", 500, body);
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
    }
}
