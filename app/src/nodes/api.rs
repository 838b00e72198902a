//! What the catalogue and the order form ask the server.

use domain::ids::NodeId;
use domain::money::MicroDollars;
use domain::node::catalogue::{OfferPage, OfferQueryInput};
use domain::node::order::{NodeOrderOptions, Quote};
use domain::problem::Problem;
use leptos::server;
use serde::{Deserialize, Serialize};

use super::new::Draft;
use crate::access::Access;
use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// A page of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The offers.
    pub page: OfferPage,
    /// What the person may do.
    pub access: Access,
}

/// The order form as it begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeOrderForm {
    /// What can be chosen.
    pub options: NodeOrderOptions,
    /// What is filled in.
    pub draft: Draft,
    /// What that would come to.
    pub quoted: Result<Quoted, Problem>,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
    /// The portal's address, for the request to copy.
    pub public_url: String,
}

/// What an order would come to, and where else it could go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quoted {
    /// Prices, the task, and what is wrong.
    pub quote: Quote,
    /// The places that have as many of the accelerator, whichever is asked for; cheapest first.
    pub places: Vec<Place>,
}

/// A region that has what is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The cloud: `aws`.
    pub cloud: String,
    /// The region.
    pub region: String,
    /// The cheapest hour on demand.
    pub price_per_hour: Option<MicroDollars>,
    /// The cheapest hour as spot.
    pub spot_price_per_hour: Option<MicroDollars>,
}

/// A page of what can be launched.
#[server(prefix = "/rpc", endpoint = "node-catalogue", client = Fetch, output = Json)]
pub async fn load_catalogue(
    // A query of nothing but defaults is encoded as nothing.
    #[server(default)] query: OfferQueryInput,
) -> Result<Catalogue, Refusal> {
    use crate::server_context::{core, refuse};
    use domain::access::Action;
    let (core, caller) = core()?;
    let query = query
        .validate()
        .map_err(|fields| refuse(Problem::invalid(fields)))?;
    Ok(Catalogue {
        page: core.nodes.catalogue(&caller, query).await.map_err(refuse)?,
        access: Access::of(&caller, Action::OrderNode),
    })
}

/// What the order form offers, filled in as asked for.
#[server(prefix = "/rpc", endpoint = "node-order-form", client = Fetch, output = Json)]
pub async fn load_node_order_form(
    #[server(default)] asked: Draft,
) -> Result<NodeOrderForm, Refusal> {
    use crate::server_context::{core, form_problem, page_context, refuse};
    let (core, caller) = core()?;
    let options = core.nodes.create_options(&caller).await.map_err(refuse)?;
    let draft = asked.proposed(&options);
    // Who may order nowhere is told so, and needs no price.
    let quoted = if options.tenants.is_empty() {
        Ok(Quoted::default())
    } else {
        super::quoting::quote(&core.nodes, &caller, &draft).await
    };
    Ok(NodeOrderForm {
        quoted,
        draft,
        options,
        problem: form_problem(),
        public_url: page_context()?.public_url.to_string(),
    })
}

/// What an order would come to.
#[server(prefix = "/rpc", endpoint = "quote-node", client = Fetch, output = Json)]
pub async fn quote_node(draft: Draft) -> Result<Quoted, Refusal> {
    use crate::server_context::{core, refuse};
    let (core, caller) = core()?;
    super::quoting::quote(&core.nodes, &caller, &draft)
        .await
        .map_err(refuse)
}

/// Leads back to the form with the price of what is filled in; for browsers without a script.
#[server(prefix = "/rpc", endpoint = "check-node-price", client = Fetch, output = Json)]
pub async fn check_node_price(draft: Draft) -> Result<(), Refusal> {
    crate::server_context::redirect(&super::quoting::way_back(&draft, None));
    Ok(())
}

/// Orders a node and leads to its page.
#[server(prefix = "/rpc", endpoint = "order-node", client = Fetch, output = Json)]
pub async fn order_node(draft: Draft, idempotency_key: String) -> Result<NodeId, Refusal> {
    use crate::routes;
    use crate::server_context::{back_to_form, core, redirect, refuse};
    let order = async {
        let (core, caller) = core()?;
        if let Some(error) = draft.missing() {
            return Err(refuse(Problem::invalid(vec![error])));
        }
        core.nodes
            .create(&caller, draft.to_input(), Some(&idempotency_key))
            .await
            .map_err(refuse)
    };
    match order.await {
        Ok(ordered) => {
            redirect(&routes::node(ordered.node.id));
            Ok(ordered.node.id)
        }
        Err(mut refusal) => {
            let page = super::quoting::way_back(&draft, Some(&mut refusal.0));
            back_to_form(&refusal, &page);
            Err(refusal)
        }
    }
}
