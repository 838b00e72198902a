//! What the first page asks the server.

use domain::overview::Overview;
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// The first page's figures and lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The person's name.
    pub name: String,
    /// What they may do with clusters.
    pub access: Access,
    /// What they may do with nodes.
    pub node_access: Access,
    /// What there is.
    pub overview: Overview,
}

/// Everything the first page shows.
#[server(prefix = "/rpc", endpoint = "overview", client = Fetch, output = Json)]
pub async fn load_overview() -> Result<Dashboard, Refusal> {
    use crate::server_context::{core, refuse};
    use domain::access::Action;
    let (core, caller) = core()?;
    Ok(Dashboard {
        name: caller.name.clone(),
        access: Access::of(&caller, Action::OrderCluster),
        node_access: Access::of(&caller, Action::OrderNode),
        overview: core.overview(&caller).await.map_err(refuse)?,
    })
}
