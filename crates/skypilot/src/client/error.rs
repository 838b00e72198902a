//! What goes wrong with a SkyPilot API server, typed and in people's words.

use super::{
    capacity::{self, TriedPlace},
    words::worded,
};
use crate::plain_text::plain;
use serde::Deserialize;
use serde_json::Value;
use std::error::Error as StdError;

/// The longest message of SkyPilot's that is passed on, in characters: some hold whole logs.
const LONGEST: usize = 4000;

/// What every call answers with.
pub type Answer<T> = Result<T, SkyPilotError>;

/// The server refused, failed, or did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SkyPilotError {
    /// Which kind it is.
    pub kind: ErrorKind,
    /// SkyPilot's own type, such as `ResourcesUnavailableError`.
    pub error_type: Option<String>,
    /// SkyPilot's own message, as plain text.
    pub said: Option<String>,
    /// The status of the answer that told it.
    pub http_status: Option<u16>,
    /// In people's words, with SkyPilot's message and a way out; no secret.
    pub message: String,
    /// The cause, for the log.
    #[source]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds the portal tells apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no such cluster, workspace, token or log.
    NotFound,
    /// The server does not know the request any more (it was restarted), or its restart interrupted it. What
    /// became of it is seen in the clusters' status.
    RequestLost,
    /// The request was cancelled.
    Cancelled,
    /// The request has not ended within the time given; it goes on.
    StillRunning,
    /// No place had the machine. Empty: no offer matches, or none was tried.
    NoCapacity {
        /// Each place tried, in order.
        tried: Vec<TriedPlace>,
    },
    /// No cloud is enabled, or its credentials are missing or refused.
    NoCloudAccess,
    /// The cluster belongs to another cloud account than the credentials that are used now.
    OtherCloudAccount,
    /// The task is not valid YAML or not a valid task.
    InvalidTask,
    /// The cluster's name is not one that SkyPilot accepts.
    InvalidName,
    /// The cluster is not up.
    NotUp,
    /// The cloud or machine cannot do this (such as stop, or open ports).
    NotSupported,
    /// There is one of that name.
    AlreadyExists,
    /// The identity may not do this.
    PermissionDenied,
    /// The token is not accepted, or there is none.
    Unauthorized,
    /// The server is older than the portal needs, or wants a newer portal.
    VersionMismatch,
    /// The server does not answer, or is too busy. Nothing was done.
    Unreachable,
    /// Nobody knows whether the server took the request. Look at the clusters' status.
    Unclear,
    /// The server did not accept the request for another reason.
    Rejected,
    /// The server failed, or answered with something that is not SkyPilot's.
    Server,
}

impl SkyPilotError {
    /// An error of our own finding.
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

    /// With the cause, for the log.
    pub(super) fn caused_by(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// With the status of the answer.
    pub(super) fn with_status(mut self, status: u16) -> Self {
        self.http_status = Some(status);
        self
    }

    /// A request that the server took and that failed with `type_` and `message`, as `/api/get` tells it.
    pub(super) fn failed(tried: &str, type_: &str, message: &str) -> Self {
        let said = shortened(&plain(message));
        let kind = kind_of(type_, &said);
        Self {
            message: worded(&kind, tried, &said),
            kind,
            error_type: Some(type_.to_owned()),
            said: Some(said),
            http_status: None,
            source: None,
        }
    }

    /// An answer of the server that is not a success.
    pub(super) fn answered(tried: &str, status: u16, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let error = match serde_json::from_str::<Value>(&text) {
            // It repeats the whole request, secrets included.
            _ if status == 422 => Self::new(
                ErrorKind::Rejected,
                format!(
                    "The SkyPilot API server does not understand the request to {tried}. Is its version one that \
                     Hangar knows? See `hangar check`."
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
                    .and_then(|detail| Thrown::deserialize(detail).ok())
                    .filter(|thrown| !thrown.type_.is_empty())
                {
                    Self::failed(tried, &thrown.type_, &thrown.message)
                } else {
                    let said = detail.and_then(Value::as_str).unwrap_or_default();
                    Self::by_status(tried, status, said)
                }
            }
            Ok(Value::String(said)) => Self::by_status(tried, status, &said),
            // A handler that crashed answers with its traceback, a proxy with a page.
            _ => Self::by_status(tried, status, last_line(&text)),
        };
        error.with_status(status)
    }

    fn by_status(tried: &str, status: u16, said: &str) -> Self {
        let said = shortened(&plain(said));
        let kind = match status {
            401 => ErrorKind::Unauthorized,
            403 => ErrorKind::PermissionDenied,
            404 => ErrorKind::NotFound,
            // A service account that exists answers 500 with the 400 in its text.
            400 | 409 | 500 if said.contains("already exists") => ErrorKind::AlreadyExists,
            502..=504 => ErrorKind::Unreachable,
            400..=499 => ErrorKind::Rejected,
            _ => ErrorKind::Server,
        };
        Self {
            message: worded(&kind, tried, &said),
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
pub(super) struct Thrown {
    /// The name of its class.
    #[serde(rename = "type", default)]
    pub type_: String,
    /// Its text.
    #[serde(default)]
    pub message: String,
}

/// The kind of an exception, by the names of its classes in `sky/exceptions.py` of 0.14.1 and those of Python's and
/// the YAML library's.
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
        // An endpoint is asked of a cluster that is not there.
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
        // The events of a cluster that never was.
        "ValueError" if said.starts_with("Hash for cluster") => ErrorKind::NotFound,
        "ValueError" => ErrorKind::Rejected,
        _ => ErrorKind::Server,
    }
}

fn last_line(text: &str) -> &str {
    let lines = text.lines().map(str::trim);
    lines.rev().find(|line| !line.is_empty()).unwrap_or("")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(error.message.chars().count() < LONGEST + 200);
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
