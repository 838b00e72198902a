//! The clouds that a workspace can use.

use super::{Acting, Answer, RequestId, SkyPilot, call::Call};
use serde_json::json;
use std::collections::BTreeMap;

impl SkyPilot {
    /// Checks the credentials of the workspace in `acting` and stores the enabled clouds for all its users. Without
    /// `clouds`, all are checked. The result is a [`Checked`] and takes up to half a minute.
    ///
    /// A check without the tenant's credentials disables the cloud for the whole workspace.
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

    /// The enabled clouds of a workspace as of its last check: `aws`.
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

/// The result of a check: by workspace and cloud (`AWS`), the enabled capabilities (`compute`, `storage`).
pub type Checked = BTreeMap<String, BTreeMap<String, Vec<String>>>;
