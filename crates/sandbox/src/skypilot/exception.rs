//! Exceptions of SkyPilot's requests. Clients get the class's name and the message, colors included.

use std::fmt;

use super::python::repr;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    pub class: &'static str,
    pub message: String,
}

impl Exception {
    pub fn new(class: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { class, message }
    }

    pub fn value(message: impl Into<String>) -> Self {
        Self::new("ValueError", message)
    }

    /// The cluster does not exist, or the caller may not see it.
    pub fn no_cluster(name: &str) -> Self {
        let message = format!("Cluster {} does not exist.", repr(name));
        Self::new("ClusterDoesNotExist", message)
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
