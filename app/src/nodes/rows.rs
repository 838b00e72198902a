//! Nodes as rows of a table, in the list and on the overview.

use domain::node::catalogue::{accelerators, cloud_title};
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use super::cost::CostSoFar;
use super::state::{StateBadge, note};
use super::words::per_hour;
use crate::routes;
use crate::ui::{Cell, Remaining, Row};

/// Columns: name, state, machine, where, owner, cost, ends in.
#[component]
pub fn ListedNodes(nodes: Vec<Node>) -> impl IntoView {
    nodes.into_iter().map(listed).collect_view()
}

fn listed(node: Node) -> impl IntoView {
    let environment = format!("{} / {}", node.tenant.name, node.environment.name);
    let (place, region) = place(&node);
    let machine = machine(&node);
    let spot = node.spec.spot.then_some("spot");
    let (name, state, ends) = (name(&node), state(&node), ends(&node));
    let price = per_hour(node.cost.price_per_hour);
    view! {
        <Row>
            <Cell>
                {name} <small class="block truncate text-faint">{environment}</small>
            </Cell>
            <Cell>{state}</Cell>
            <Cell>
                <span class="whitespace-nowrap">{machine}</span>
                <small class="block text-faint">{spot}</small>
            </Cell>
            <Cell>
                <span class="text-muted whitespace-nowrap">{place}</span>
                <small class="block text-faint whitespace-nowrap">{region}</small>
            </Cell>
            <Cell not_on_phone=true>
                <span class="text-muted">{node.created_by.name}</span>
            </Cell>
            <Cell number=true>
                <span class="whitespace-nowrap">{price}</span>
                <small class="block text-faint whitespace-nowrap">
                    <CostSoFar cost=node.cost at=node.now />
                    " so far"
                </small>
            </Cell>
            <Cell number=true>{ends}</Cell>
        </Row>
    }
    .into_any()
}

/// Columns: name, state, environment, ends in, price.
#[component]
pub fn NodeRows(nodes: Vec<Node>) -> impl IntoView {
    nodes.into_iter().map(row).collect_view()
}

fn row(node: Node) -> impl IntoView {
    let what = what(&node);
    let (name, state, ends) = (name(&node), state(&node), ends(&node));
    let price = per_hour(node.cost.price_per_hour);
    view! {
        <Row>
            <Cell>
                {name} <small class="block text-faint">{what}</small>
            </Cell>
            <Cell>{state}</Cell>
            <Cell>
                <span class="text-muted">{node.environment.name}</span>
                <small class="max-md:hidden block text-faint">{node.tenant.name}</small>
            </Cell>
            <Cell number=true>{ends}</Cell>
            <Cell number=true not_on_phone=true>
                {price}
            </Cell>
        </Row>
    }
    .into_any()
}

fn name(node: &Node) -> AnyView {
    view! {
        <a
            href=routes::node(node.id)
            class="block max-md:truncate md:[overflow-wrap:anywhere] font-semibold hover:text-accent-text"
        >
            {node.name.to_string()}
        </a>
    }
    .into_any()
}

fn state(node: &Node) -> AnyView {
    let note = note(node);
    view! {
        <StateBadge state=node.state />
        {note.map(|note| view! { <small class="block text-muted mt-0.5">{note}</small> })}
    }
    .into_any()
}

fn ends(node: &Node) -> AnyView {
    let ends = match (node.state, node.ends_at) {
        (NodeState::Deleting | NodeState::Deleted, _) => "—".into_any(),
        (_, Some(at)) => view! { <Remaining until=at /> }.into_any(),
        (_, None) => "no end".into_any(),
    };
    view! { <span class="text-muted whitespace-nowrap">{ends}</span> }.into_any()
}

/// `8× H100`.
fn machine(node: &Node) -> String {
    match &node.spec.accelerator {
        Some(name) => accelerators(name, node.spec.count),
        None => "Own task".to_owned(),
    }
}

/// Cloud and region: where it is, or where it is to be.
fn place(node: &Node) -> (String, String) {
    let (cloud, region) = match &node.placement {
        Some(placement) => (Some(&placement.cloud), Some(&placement.region)),
        None => (node.spec.cloud.as_ref(), node.spec.region.as_ref()),
    };
    let cloud = cloud.map_or_else(|| "Cheapest".to_owned(), |cloud| cloud_title(cloud));
    (cloud, region.cloned().unwrap_or_default())
}

/// `8× H100 · spot · AWS us-east-1`: what it is, and where once that is known.
fn what(node: &Node) -> String {
    let spec = node.spec.words();
    match &node.placement {
        Some(placement) => {
            let cloud = cloud_title(&placement.cloud);
            format!("{spec} · {cloud} {}", placement.region)
        }
        None => spec,
    }
}
