//! Nodes as rows of a table.

use domain::node::catalogue::{accelerators, cloud_title};
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use super::cost::CostSoFar;
use super::state::{StateBadge, note};
use super::words::per_hour;
use crate::resource::{EnvironmentCell, ExpiryCell, NameCell, StateCell};
use crate::routes;
use crate::ui::{Cell, Row};

/// The rows of the list. Columns: name, state, machine, location, created by, cost, expires in.
#[component]
pub fn DetailedNodeRows(nodes: Vec<Node>) -> impl IntoView {
    nodes.into_iter().map(detailed_row).collect_view()
}

fn detailed_row(node: Node) -> impl IntoView {
    let environment = format!("{} / {}", node.tenant.name, node.environment.name);
    let (cloud, region) = location(&node);
    let machine = match &node.spec.accelerator {
        Some(name) => accelerators(name, node.spec.count),
        None => "Own task".to_owned(),
    };
    let spot = node.spec.spot.then_some("spot");
    let note = note(&node);
    let (cost, now) = (node.cost, node.now);
    let price = per_hour(cost.price_per_hour);
    view! {
        <Row id=row_id(&node)>
            <NameCell name=node.name.to_string() href=routes::node(node.id) note=environment />
            <StateCell note=note>
                <StateBadge state=node.state />
            </StateCell>
            <Cell>
                <span class="whitespace-nowrap">{machine}</span>
                <small class="block text-faint">{spot}</small>
            </Cell>
            <Cell>
                <span class="text-muted whitespace-nowrap">{cloud}</span>
                <small class="block text-faint whitespace-nowrap">{region}</small>
            </Cell>
            <Cell not_on_phone=true>
                <span class="text-muted">{node.created_by.name}</span>
            </Cell>
            <Cell number=true>
                <span class="whitespace-nowrap">{price}</span>
                <small class="block text-faint whitespace-nowrap">
                    <CostSoFar cost=cost at=now />
                    " so far"
                </small>
            </Cell>
            <ExpiryCell ends_at=node.ends_at is_deleting=is_deleting(node.state) />
        </Row>
    }
    .into_any()
}

/// The rows of the overview. Columns: name, state, environment, expires in, price.
#[component]
pub fn NodeRows(nodes: Vec<Node>) -> impl IntoView {
    nodes.into_iter().map(row).collect_view()
}

fn row(node: Node) -> impl IntoView {
    let note = note(&node);
    let price = per_hour(node.cost.price_per_hour);
    view! {
        <Row id=row_id(&node)>
            <NameCell name=node.name.to_string() href=routes::node(node.id) note=machine_and_location(&node) />
            <StateCell note=note>
                <StateBadge state=node.state />
            </StateCell>
            <EnvironmentCell tenant=node.tenant environment=node.environment />
            <ExpiryCell ends_at=node.ends_at is_deleting=is_deleting(node.state) />
            <Cell number=true not_on_phone=true>
                {price}
            </Cell>
        </Row>
    }
    .into_any()
}

fn row_id(node: &Node) -> String {
    format!("node-{}", node.id)
}

fn is_deleting(state: NodeState) -> bool {
    matches!(state, NodeState::Deleting | NodeState::Deleted)
}

/// Cloud and region of the machine, or those that were asked for while there is none.
fn location(node: &Node) -> (String, String) {
    let (cloud, region) = match &node.placement {
        Some(placement) => (Some(&placement.cloud), Some(&placement.region)),
        None => (node.spec.cloud.as_ref(), node.spec.region.as_ref()),
    };
    let cloud = cloud.map_or_else(|| "Cheapest".to_owned(), |cloud| cloud_title(cloud));
    (cloud, region.cloned().unwrap_or_default())
}

/// `8× H100 · spot · AWS us-east-1`; the location once there is a machine.
fn machine_and_location(node: &Node) -> String {
    let machine = node.spec.summary();
    match &node.placement {
        Some(placement) => {
            let cloud = cloud_title(&placement.cloud);
            format!("{machine} · {cloud} {}", placement.region)
        }
        None => machine,
    }
}
