//! What the page of host clusters asks the server. To those who are no platform admins there is no such page.

use domain::platform::{HostCheck, HostCluster};
use domain::problem::Problem;
use jiff::Timestamp;
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// The host clusters, and what came of the plain form that was sent to this page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostClustersView {
    /// Every one.
    pub hosts: Vec<HostCluster>,
    /// The one that was to be checked, and what it answered.
    pub checked: Option<(String, Result<HostCheck, Problem>)>,
    /// The server's time.
    pub now: Timestamp,
}

/// What a plain form sent to the page itself: what is missing on a host would fit into no cookie.
#[cfg(feature = "ssr")]
#[derive(Clone, Default, Deserialize)]
pub struct PostedCheck {
    #[serde(default)]
    host: String,
}

/// The page as it begins, or as a plain form left it.
#[server(prefix = "/rpc", endpoint = "list-host-clusters", client = Fetch, output = Json)]
pub async fn load_host_clusters() -> Result<HostClustersView, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, now, posted, refuse, set_status};
    let (core, caller) = core()?;
    // First, so that the refusal of a check is recorded.
    let checked = match posted::<PostedCheck>() {
        Some(PostedCheck { host }) => {
            let answer = core.platform.check_host(&caller, &host).await;
            if let Err(problem) = &answer {
                set_status(problem.status());
            }
            Some((host, answer))
        }
        None => None,
    };
    let hosts = core.platform.host_clusters(&caller).await;
    Ok(HostClustersView {
        hosts: hosts.map_err(as_if_not_there).map_err(refuse)?,
        checked,
        now: now(),
    })
}

/// Asks a host whether the portal has every permission that it needs there.
#[server(prefix = "/rpc", endpoint = "check-host-cluster", client = Fetch, output = Json)]
pub async fn check_host_cluster(host: String) -> Result<HostCheck, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, refuse};
    let (core, caller) = core()?;
    let answer = core.platform.check_host(&caller, &host).await;
    answer.map_err(as_if_not_there).map_err(refuse)
}
