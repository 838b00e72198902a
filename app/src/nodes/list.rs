//! `/nodes`.

use domain::access::Action;
use domain::listing::ListQueryInput;
use domain::node::view::NodeState;
use domain::problem::Problem;
use leptos::prelude::*;

use super::rows::DetailedNodeRows;
use crate::page::{PageRequest, PageResult};
use crate::resource::{Column, EmptyList, Paging, Permission, ResourceList, filter_chips};
use crate::routes;
use crate::ui::LinkButton;

/// The filters and the states behind them.
const FILTERS: [(&str, &[NodeState]); 4] = [
    ("Ready", &[NodeState::Ready]),
    (
        "In progress",
        &[
            NodeState::Pending,
            NodeState::Provisioning,
            NodeState::Stopping,
            NodeState::Starting,
            NodeState::Deleting,
        ],
    ),
    ("Needs attention", &[NodeState::Failed, NodeState::Degraded]),
    ("Stopped", &[NodeState::Stopped]),
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
        label: "Machine",
        sort: None,
        number: false,
    },
    Column {
        label: "Location",
        sort: None,
        number: false,
    },
    Column {
        label: "Created by",
        sort: None,
        number: false,
    },
    Column {
        label: "Cost",
        sort: Some("price"),
        number: true,
    },
    Column {
        label: "Expires in",
        sort: Some("ends"),
        number: true,
    },
];

const EMPTY: EmptyList = EmptyList {
    no_tenant: "Nodes belong to tenants. Ask your platform team to add you to one.",
    invitation: "Choose a GPU in the catalogue and connect a few minutes later. A node can stop by itself when it is idle.",
    nothing_yet: "No one in your tenants has created a node. You will see their nodes here.",
};

pub async fn list(request: PageRequest) -> PageResult {
    let query = request.address.query::<ListQueryInput>();
    let query = query.validate().map_err(Problem::invalid)?;
    let page = request.core.nodes.list(&request.caller, query).await?;
    let permission = Permission::of(&request.caller, Action::OrderNode);
    let counts: Vec<_> = page
        .counts
        .iter()
        .map(|count| (count.state, count.count))
        .collect();
    let chips = filter_chips(&request.address, &FILTERS, &counts, NodeState::as_str);
    let paging = Paging::by_key(&page.paging, page.per_page, page.items.len(), page.total);
    let view = move || {
        view! {
            <ResourceList
                title="Nodes"
                noun="node"
                summary="GPU machines in your tenants"
                search="Search name, accelerator, owner, tenant"
                create=routes::NEW_NODE
                permission=permission
                actions=|| view! { <LinkButton href=routes::CATALOGUE>"Catalogue"</LinkButton> }
                chips=chips
                columns=COLUMNS
                empty=EMPTY
                paging=paging
            >
                <DetailedNodeRows nodes=page.items />
            </ResourceList>
        }
    };
    Ok(request.show("Nodes", view).live(routes::NODES_EVENTS))
}
