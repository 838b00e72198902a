//! Clouds: which ones a workspace can use.

use super::{Acting, Answer, RequestId, SkyPilot, call::Call};
use serde_json::json;
use std::collections::BTreeMap;

impl SkyPilot {
    /// Tries the credentials of the workspace that `acting` names, and remembers for all its users which clouds are
    /// enabled. Without `clouds`, all. The result is a [`Checked`]; it takes up to half a minute.
    ///
    /// A check without the right credentials disables the cloud for everybody in the workspace.
    pub async fn submit_check(
        &self,
        acting: Acting<'_>,
        clouds: Option<&[String]>,
    ) -> Answer<RequestId> {
        let body = json!({"clouds": clouds, "verbose": false, "workspace": acting.workspace});
        self.submit(
            acting,
            &Call::post("check", "check the cloud credentials", &acting, body),
        )
        .await
    }

    /// The clouds that are enabled in a workspace since it was last checked: `aws`.
    pub async fn enabled_clouds(&self, acting: Acting<'_>, workspace: &str) -> Answer<Vec<String>> {
        let call =
            Call::get("enabled_clouds", "list the enabled clouds").query("workspace", workspace);
        let clouds: Vec<String> = self.call(acting, &call).await?;
        Ok(clouds
            .into_iter()
            .map(|cloud| cloud.to_lowercase())
            .collect())
    }
}

/// What a check found: by workspace and cloud (`AWS`) what the credentials are good for (`compute`, `storage`).
pub type Checked = BTreeMap<String, BTreeMap<String, Vec<String>>>;
