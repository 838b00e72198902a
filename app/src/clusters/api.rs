//! What the cluster pages ask the server. Every question is a POST: nothing here is worth a place in a cache or a log.

use domain::cluster::{Cluster, ClusterEvent, DoomedObjects};
use domain::ids::ClusterId;
use domain::listing::{ClusterPage, ClusterQueryInput};
use domain::order::{NameCheck, OrderOptions};
use domain::problem::Problem;
use jiff::Timestamp;

use leptos::server;
use serde::{Deserialize, Serialize};

use super::new::Draft;
use crate::access::Access;
use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterList {
    /// The clusters.
    pub page: ClusterPage,
    /// What the person may do.
    pub access: Access,
}

/// The order form before anything is typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderForm {
    /// What can be chosen.
    pub options: OrderOptions,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
    /// The portal's address, for the request to copy.
    pub public_url: String,
}

/// A cluster at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterView {
    /// The cluster.
    pub cluster: Cluster,
    /// The server's time.
    pub now: Timestamp,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
}

/// A cluster's events at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// Newest first.
    pub events: Vec<ClusterEvent>,
    /// The server's time.
    pub now: Timestamp,
}

/// A page of the clusters one may see.
#[server(prefix = "/rpc", endpoint = "list-clusters", client = Fetch, output = Json)]
pub async fn list_clusters(
    // A query of nothing but defaults is encoded as nothing.
    #[server(default)] query: ClusterQueryInput,
) -> Result<ClusterList, Refusal> {
    use crate::server_context::{core, refuse};
    use domain::access::Action;
    let (core, caller) = core()?;
    let query = query
        .validate()
        .map_err(|fields| refuse(Problem::invalid(fields)))?;
    Ok(ClusterList {
        page: core.clusters.list(&caller, query).await.map_err(refuse)?,
        access: Access::of(&caller, Action::OrderCluster),
    })
}

/// What the order form offers.
#[server(prefix = "/rpc", endpoint = "order-form", client = Fetch, output = Json)]
pub async fn load_order_form() -> Result<OrderForm, Refusal> {
    use crate::server_context::{core, form_problem, page_context, refuse};
    let (core, caller) = core()?;
    Ok(OrderForm {
        options: core
            .clusters
            .create_options(&caller)
            .await
            .map_err(refuse)?,
        problem: form_problem(),
        public_url: page_context()?.public_url.to_string(),
    })
}

/// Whether a name can be had.
#[server(prefix = "/rpc", endpoint = "check-cluster-name", client = Fetch, output = Json)]
pub async fn check_name(name: String) -> Result<NameCheck, Refusal> {
    use crate::server_context::{core, refuse};
    let (core, caller) = core()?;
    core.clusters
        .check_name(&caller, &name)
        .await
        .map_err(refuse)
}

/// Orders a cluster and leads to its page.
#[server(prefix = "/rpc", endpoint = "order-cluster", client = Fetch, output = Json)]
pub async fn order_cluster(draft: Draft, idempotency_key: String) -> Result<ClusterId, Refusal> {
    use crate::routes;
    use crate::server_context::{back_to_form, core, redirect, refuse};
    let order = async {
        let (core, caller) = core()?;
        core.clusters
            .create(&caller, draft.to_input(), Some(&idempotency_key))
            .await
            .map_err(refuse)
    };
    match order.await {
        Ok(ordered) => {
            redirect(&routes::cluster(ordered.cluster.id));
            Ok(ordered.cluster.id)
        }
        Err(refusal) => {
            back_to_form(&refusal, &draft.address());
            Err(refusal)
        }
    }
}

/// One cluster.
#[server(prefix = "/rpc", endpoint = "load-cluster", client = Fetch, output = Json)]
pub async fn load_cluster(id: String) -> Result<ClusterView, Refusal> {
    use crate::server_context::{core, form_problem, now, refuse};
    let (core, caller) = core()?;
    let id = parse(&id).map_err(refuse)?;
    Ok(ClusterView {
        cluster: core.clusters.get(&caller, id).await.map_err(refuse)?,
        now: now(),
        problem: form_problem(),
    })
}

/// What a cluster's host tells about it.
#[server(prefix = "/rpc", endpoint = "cluster-events", client = Fetch, output = Json)]
pub async fn load_events(id: ClusterId) -> Result<Events, Refusal> {
    use crate::server_context::{core, now, refuse};
    let (core, caller) = core()?;
    Ok(Events {
        events: core.clusters.events(&caller, id).await.map_err(refuse)?,
        now: now(),
    })
}

/// What dies with a cluster.
#[server(prefix = "/rpc", endpoint = "doomed-objects", client = Fetch, output = Json)]
pub async fn load_doomed(id: ClusterId) -> Result<Vec<DoomedObjects>, Refusal> {
    use crate::server_context::{core, refuse};
    let (core, caller) = core()?;
    core.clusters
        .deletion_preview(&caller, id)
        .await
        .map_err(refuse)
}

/// Takes a cluster down and leads to its page, which shows how that goes.
#[server(prefix = "/rpc", endpoint = "delete-cluster", client = Fetch, output = Json)]
pub async fn delete_cluster(id: ClusterId, confirmation: String) -> Result<(), Refusal> {
    use crate::routes;
    use crate::server_context::{back_to_form, core, redirect, refuse};
    let delete = async {
        let (core, caller) = core()?;
        core.clusters
            .delete(&caller, id, confirmation.trim())
            .await
            .map_err(refuse)
    };
    match delete.await {
        Ok(_) => {
            redirect(&routes::cluster(id));
            Ok(())
        }
        Err(refusal) => {
            back_to_form(&refusal, &routes::cluster_tab(id, "settings"));
            Err(refusal)
        }
    }
}

/// An address with something else than an id in it leads to nothing, like one with an id that nobody has.
#[cfg(feature = "ssr")]
fn parse(id: &str) -> Result<ClusterId, Problem> {
    id.parse().map_err(|_| Problem::not_found("cluster"))
}
