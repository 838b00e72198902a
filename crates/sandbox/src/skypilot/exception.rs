//! The exceptions with which SkyPilot's requests fail. A client gets the class's name and the message, colours included.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::python::repr;

/// A failed request's reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The name of the Python class, such as `ClusterDoesNotExist`.
    pub class: String,
    /// What `str()` gives of it.
    pub message: String,
}

impl Exception {
    /// An exception of any class.
    pub fn new(class: &str, message: impl Into<String>) -> Self {
        Self {
            class: class.to_owned(),
            message: message.into(),
        }
    }

    /// An argument that makes no sense.
    pub fn value(message: impl Into<String>) -> Self {
        Self::new("ValueError", message)
    }

    /// No such cluster, or none that the caller may see.
    pub fn no_cluster(name: &str) -> Self {
        Self::new(
            "ClusterDoesNotExist",
            format!("Cluster {} does not exist.", repr(name)),
        )
    }

    /// The workspace is somebody else's.
    pub fn permission_denied(user: &str, user_id: &str, workspace: &str) -> Self {
        Self::new(
            "PermissionDeniedError",
            format!(
                "User {user} ({user_id}) does not have permission to access workspace {}",
                repr(workspace)
            ),
        )
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

impl std::error::Error for Exception {}
