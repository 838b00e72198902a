//! What the shared pages of resources show of a node.

use domain::access::Action;
use domain::node::catalogue::cloud_title;
use domain::node::order::cannot_stop;
use domain::node::view::{Node, NodeDetails, NodeKind, NodeState};
use leptos::prelude::*;

use super::quantity::per_hour;
use crate::resource::{self, Access, CostSoFar, PageKind, ResourceView, Section, State};
use crate::routes;
use crate::ui::{Cell, Column, Tone};

pub static SECTION: Section = Section {
    noun: "node",
    title: "Nodes",
    summary: "GPU machines in your tenants",
    search: "Search name, accelerator, owner, tenant",
    purpose: "Choose a GPU in the catalogue and connect a few minutes later. A node can stop by itself when it is idle.",
    list: routes::NODES,
    new: routes::NEW_NODE,
    events: routes::NODES_EVENTS,
    create: Action::OrderNode,
    tabs: &[
        ("Overview", ""),
        ("Connect", "connect"),
        ("Logs", "logs"),
        ("Jobs", "jobs"),
        ("Settings", "settings"),
    ],
};

const COLUMNS: [Column; 7] = {
    let [name, state, environment, creator, expires] = resource::COLUMNS;
    let (location, price) = (resource::LOCATION, resource::PRICE.sorted_by("price"));
    [name, state, environment, location, creator, expires, price]
};

impl PageKind for NodeKind {
    const SECTION: &'static Section = &SECTION;

    const FILTERS: &'static [(&'static str, &'static [NodeState])] = &[
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

    const COLUMNS: &'static [Column] = &COLUMNS;

    fn state(state: NodeState) -> State {
        State {
            title: state.title(),
            tone: tone(state),
            is_moving: state.is_moving(),
            is_deleting: matches!(state, NodeState::Deleting | NodeState::Deleted),
            is_up: state.is_up(),
        }
    }

    fn access(details: &NodeDetails) -> Access {
        Access {
            connect: details.allowed.connect,
            delete: details.allowed.delete,
        }
    }

    fn description(details: &NodeDetails) -> String {
        details.spec.summary()
    }

    fn list_row(node: &Node) -> AnyView {
        let (cloud, region) = location(node);
        let (cost, now) = (node.cost, node.now);
        let price = per_hour(cost.price_per_hour);
        let location = view! {
            <Cell>
                <span class="text-muted whitespace-nowrap">{cloud}</span>
                <small class="block text-faint whitespace-nowrap">{region}</small>
            </Cell>
        };
        let price = view! {
            <Cell number=true>
                <span class="whitespace-nowrap">{price}</span>
                <small class="block text-faint whitespace-nowrap">
                    <CostSoFar cost=cost at=now />
                    " so far"
                </small>
            </Cell>
        };
        resource::list_row(node.into(), Some(location.into_any()), price.into_any())
    }

    /// The location is part of the description.
    fn overview_row(node: &Node) -> AnyView {
        let mut resource = ResourceView::from(node);
        if let Some(placement) = &node.placement {
            let cloud = cloud_title(&placement.cloud);
            resource.description += &format!(" · {cloud} {}", placement.region);
        }
        let price = per_hour(node.cost.price_per_hour);
        let price = view! {
            <Cell number=true not_on_small=true>
                {price}
            </Cell>
        };
        resource::overview_row(resource, price.into_any())
    }
}

const fn tone(state: NodeState) -> Tone {
    match state {
        NodeState::Ready => Tone::Ok,
        NodeState::Pending
        | NodeState::Provisioning
        | NodeState::Stopping
        | NodeState::Starting
        | NodeState::Deleting => Tone::Busy,
        NodeState::Failed | NodeState::Degraded => Tone::Bad,
        NodeState::Stopped | NodeState::Deleted => Tone::Idle,
    }
}

/// Why this node's machine cannot be stopped; `None` if it can.
pub fn why_not_stop(node: &Node) -> Option<&'static str> {
    let cloud = match &node.placement {
        Some(placement) => Some(placement.cloud.as_str()),
        None => node.spec.cloud.as_deref(),
    };
    cannot_stop(cloud, node.spec.spot)
}

/// Cloud and region of the machine, or the requested ones while there is none.
fn location(node: &Node) -> (String, String) {
    let (cloud, region) = match &node.placement {
        Some(placement) => (Some(&placement.cloud), Some(&placement.region)),
        None => (node.spec.cloud.as_ref(), node.spec.region.as_ref()),
    };
    let cloud = cloud.map_or_else(|| "Cheapest".to_owned(), |cloud| cloud_title(cloud));
    (cloud, region.cloned().unwrap_or_default())
}
