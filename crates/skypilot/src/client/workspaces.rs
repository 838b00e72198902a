//! Workspaces: which users may use which clouds with which credentials.

use super::{Acting, Answer, RequestId, SkyPilot, call::Call};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The settings of a workspace. Writing replaces all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Workspace {
    /// Whether only the allowed users may use it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// User ids, `sa-…` for service accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_users: Vec<String>,
    /// By cloud: `aws`.
    #[serde(flatten)]
    pub clouds: BTreeMap<String, CloudSettings>,
}

/// The settings of a cloud in a workspace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CloudSettings {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// AWS: a profile in the server's `~/.aws/config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Kubernetes: the contexts of the server's kubeconfig that may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_contexts: Option<Vec<String>>,
    /// Google Cloud: the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// Settings that the portal does not know.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl SkyPilot {
    /// The workspaces that the identity may see, by name.
    pub async fn workspaces(&self, acting: Acting<'_>) -> Answer<BTreeMap<String, Workspace>> {
        let call = Call::get("workspaces", "list the workspaces");
        // The identity's permissions are mixed with the settings.
        let found: BTreeMap<String, Map<String, Value>> = self.call(acting, &call).await?;
        Ok(found
            .into_iter()
            .map(|(name, mut settings)| {
                settings.retain(|key, _| !matches!(key.as_str(), "writable" | "read_only"));
                (name, read(settings))
            })
            .collect())
    }

    /// Creates a workspace. The result is not used. Not retried; fails with
    /// [`AlreadyExists`](super::ErrorKind::AlreadyExists) if the name is in use.
    pub async fn submit_create_workspace(
        &self,
        acting: Acting<'_>,
        name: &str,
        workspace: &Workspace,
    ) -> Answer<RequestId> {
        let body = json!({"workspace_name": name, "config": workspace});
        let call = Call::post("workspaces/create", "create a workspace", &acting, body);
        self.submit(acting, &call.never_repeated()).await
    }

    /// Replaces the settings of a workspace. The result is not used.
    pub async fn submit_update_workspace(
        &self,
        acting: Acting<'_>,
        name: &str,
        workspace: &Workspace,
    ) -> Answer<RequestId> {
        let body = json!({"workspace_name": name, "config": workspace});
        let call = Call::post("workspaces/update", "change a workspace", &acting, body);
        self.submit(acting, &call).await
    }

    /// Deletes a workspace. The result is not used. The server refuses while it has clusters.
    pub async fn submit_delete_workspace(
        &self,
        acting: Acting<'_>,
        name: &str,
    ) -> Answer<RequestId> {
        let body = json!({"workspace_name": name});
        let call = Call::post("workspaces/delete", "delete a workspace", &acting, body);
        self.submit(acting, &call).await
    }
}

/// The settings of a workspace, parts of which may have unknown types.
fn read(mut settings: Map<String, Value>) -> Workspace {
    let private = settings.remove("private").and_then(|value| value.as_bool());
    let users = settings
        .remove("allowed_users")
        .and_then(|users| serde_json::from_value(users).ok());
    Workspace {
        private: private.unwrap_or_default(),
        allowed_users: users.unwrap_or_default(),
        clouds: settings
            .into_iter()
            .filter_map(|(cloud, settings)| Some((cloud, serde_json::from_value(settings).ok()?)))
            .collect(),
    }
}
