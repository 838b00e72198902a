//! `/clusters`.

use domain::access::Action;
use domain::cluster::ClusterState;
use domain::listing::ListQueryInput;
use domain::problem::Problem;
use leptos::prelude::*;

use super::rows::ClusterRows;
use crate::page::{PageRequest, PageResult};
use crate::resource::{Column, EmptyList, Paging, Permission, ResourceList, filter_chips};
use crate::routes;

/// The filters and the states behind them.
const FILTERS: [(&str, &[ClusterState]); 3] = [
    ("Ready", &[ClusterState::Ready]),
    (
        "In progress",
        &[
            ClusterState::Pending,
            ClusterState::Provisioning,
            ClusterState::Deleting,
        ],
    ),
    (
        "Needs attention",
        &[ClusterState::Failed, ClusterState::Degraded],
    ),
];

const COLUMNS: &[Column] = &[
    Column {
        label: "Name",
        sort: Some("name"),
        number: false,
    },
    Column {
        label: "State",
        sort: Some("state"),
        number: false,
    },
    Column {
        label: "Environment",
        sort: None,
        number: false,
    },
    Column {
        label: "Expires in",
        sort: Some("ends"),
        number: true,
    },
    Column {
        label: "Price",
        sort: None,
        number: true,
    },
];

const EMPTY: EmptyList = EmptyList {
    no_tenant: "Clusters belong to tenants. Ask your platform team to add you to one.",
    invitation: "A cluster is ready about a minute after you create it and is deleted when its lifetime ends.",
    nothing_yet: "No one in your tenants has created a cluster. You will see their clusters here.",
};

pub async fn list(request: PageRequest) -> PageResult {
    let query = request.address.query::<ListQueryInput>();
    let query = query.validate().map_err(Problem::invalid)?;
    let page = request.core.clusters.list(&request.caller, query).await?;
    let permission = Permission::of(&request.caller, Action::OrderCluster);
    let counts: Vec<_> = page
        .counts
        .iter()
        .map(|count| (count.state, count.count))
        .collect();
    let chips = filter_chips(&request.address, &FILTERS, &counts, ClusterState::as_str);
    let paging = Paging::by_key(&page.paging, page.per_page, page.items.len(), page.total);
    let view = move || {
        view! {
            <ResourceList
                title="Clusters"
                noun="cluster"
                summary="Virtual Kubernetes clusters in your tenants"
                search="Search name, owner, tenant"
                create=routes::NEW_CLUSTER
                permission=permission
                chips=chips
                columns=COLUMNS
                empty=EMPTY
                paging=paging
            >
                <ClusterRows clusters=page.items />
            </ResourceList>
        }
    };
    Ok(request.show("Clusters", view).live(routes::CLUSTERS_EVENTS))
}
