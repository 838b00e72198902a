//! Nodes as rows of a table, on the overview and in the list.

use domain::node::catalogue::cloud_title;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use super::state::{StateBadge, note};
use crate::routes;
use crate::ui::{Cell, Remaining, Row};

/// Columns: name, state, environment, ends in, price.
#[component]
pub fn NodeRows(nodes: Vec<Node>) -> impl IntoView {
    nodes.into_iter().map(row).collect_view()
}

fn row(node: Node) -> impl IntoView {
    let (note, what) = (note(&node), what(&node));
    let ends = match (node.state, node.ends_at) {
        (NodeState::Deleting | NodeState::Deleted, _) => "—".into_any(),
        (_, Some(at)) => view! { <Remaining until=at /> }.into_any(),
        (_, None) => "no end".into_any(),
    };
    let price = node
        .cost
        .price_per_hour
        .map_or_else(|| "—".to_owned(), |price| format!("{price}/h"));
    view! {
        <Row>
            <Cell>
                <a
                    href=routes::node(node.id)
                    class="block truncate font-semibold hover:text-accent-text"
                >
                    {node.name.to_string()}
                </a>
                <small class="block text-faint">{what}</small>
            </Cell>
            <Cell>
                <StateBadge state=node.state />
                {note.map(|note| view! { <small class="block text-muted mt-0.5">{note}</small> })}
            </Cell>
            <Cell>
                <span class="text-muted">{node.environment.name}</span>
                <small class="max-md:hidden block text-faint">{node.tenant.name}</small>
            </Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">{ends}</span>
            </Cell>
            <Cell number=true not_on_phone=true>
                {price}
            </Cell>
        </Row>
    }
    .into_any()
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
