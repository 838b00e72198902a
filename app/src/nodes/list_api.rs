//! What the list of nodes asks the server.

use domain::node::listing::{NodePage, NodeQueryInput};
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeList {
    /// The nodes.
    pub page: NodePage,
    /// What the person may do.
    pub access: Access,
}

/// A page of the nodes one may see.
#[server(prefix = "/rpc", endpoint = "list-nodes", client = Fetch, output = Json)]
pub async fn list_nodes(
    // A query of nothing but defaults is encoded as nothing.
    #[server(default)] query: NodeQueryInput,
) -> Result<NodeList, Refusal> {
    use crate::server_context::{core, refuse};
    use domain::access::Action;
    use domain::problem::Problem;
    let (core, caller) = core()?;
    let query = query
        .validate()
        .map_err(|fields| refuse(Problem::invalid(fields)))?;
    Ok(NodeList {
        page: core.nodes.list(&caller, query).await.map_err(refuse)?,
        access: Access::of(&caller, Action::OrderNode),
    })
}
