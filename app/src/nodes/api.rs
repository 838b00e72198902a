//! What the catalogue and the order form ask the server.

use domain::node::catalogue::{OfferPage, OfferQueryInput};
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::refusal::Refusal;

/// A page of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The offers.
    pub page: OfferPage,
    /// What the person may do.
    pub access: Access,
}

/// A page of what can be launched.
#[server(prefix = "/rpc", endpoint = "node-catalogue")]
pub async fn load_catalogue(
    // A query of nothing but defaults is encoded as nothing.
    #[server(default)] query: OfferQueryInput,
) -> Result<Catalogue, Refusal> {
    use crate::server_context::{nodes, refuse};
    use domain::access::Action;
    use domain::problem::Problem;
    let (nodes, caller) = nodes()?;
    let query = query
        .validate()
        .map_err(|fields| refuse(Problem::invalid(fields)))?;
    Ok(Catalogue {
        page: nodes.catalogue(&caller, query).await.map_err(refuse)?,
        access: Access::of(&caller, Action::OrderNode),
    })
}
