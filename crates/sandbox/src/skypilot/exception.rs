//! The exceptions with which SkyPilot's requests fail. A client gets the class's name and the message, colours included.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::python::repr;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    pub class: String,
    pub message: String,
}

impl Exception {
    pub fn new(class: &str, message: impl Into<String>) -> Self {
        Self {
            class: class.to_owned(),
            message: message.into(),
        }
    }

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
