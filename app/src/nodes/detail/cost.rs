//! What the node costs, what would reduce the cost, and when it expires.

use domain::money::MicroDollars;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use crate::nodes::quantity::per_hour;
use crate::nodes::resource::why_not_stop;
use crate::resource::{CostSoFar, ExpiryFact, ResourceView};
use crate::ui::{Card, Fact, Facts, LifeLeft};

#[component]
pub fn CostCard(node: Node) -> impl IntoView {
    let (cost, now) = (node.cost, node.now);
    let resource = ResourceView::from(&node);
    let price = per_hour(cost.price_per_hour);
    let price = match cost.charged {
        true => price,
        false => format!("{price} while running"),
    };
    let when_idle = node
        .autostop
        .map_or_else(|| "keeps running".to_owned(), |rule| rule.summary());
    let total = most_until_expiry(&node)
        .map(|total| view! { <Fact name="Until it expires">{format!("at most {total}")}</Fact> });
    let life = resource
        .expires_at()
        .map(|end| view! { <LifeLeft start=node.created_at end=end /> });
    view! {
        <Card title="Cost">
            <Facts>
                <Fact name="Price">{price}</Fact>
                <Fact name="So far">
                    <CostSoFar cost=cost at=now />
                </Fact>
                {total}
                <Fact name="When idle">{when_idle}</Fact>
                <ExpiryFact resource=resource />
            </Facts>
            {life}
            <p class="text-small text-muted mt-3 empty:hidden">{advice(&node)}</p>
        </Card>
    }
    .into_any()
}

/// The cost of a running node that runs until it expires.
fn most_until_expiry(node: &Node) -> Option<MicroDollars> {
    let (price, end) = (node.cost.price_per_hour?, node.ends_at?);
    let left = end.as_second().saturating_sub(node.now.as_second()).max(0);
    node.cost
        .charged
        .then(|| node.cost.so_far + price.times_seconds(left))
}

/// How to pay less.
fn advice(node: &Node) -> Option<String> {
    let can_stop = why_not_stop(node).is_none();
    saving(node.state, node.cost.price_per_hour, can_stop)
}

fn saving(state: NodeState, price: Option<MicroDollars>, can_stop: bool) -> Option<String> {
    match (state, price) {
        (NodeState::Stopped, Some(price)) => Some(format!(
            "The node is stopped. The cloud still charges for its disk; running costs {price} an hour."
        )),
        (NodeState::Stopped, None) => {
            Some("The node is stopped. The cloud still charges for its disk.".to_owned())
        }
        (state, Some(price)) if state.is_up() && can_stop => Some(format!(
            "Stopping the node saves {price} an hour and keeps its disk. Deleting it ends all cost."
        )),
        (state, Some(price)) if state.is_up() => Some(format!(
            "This node cannot be stopped. Deleting it saves {price} an hour; data on its disk is lost."
        )),
        (state, None) if state.is_up() => Some(
            "SkyPilot has no price for this machine, so its cost is not included here.".to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_depends_on_state_and_price() {
        let price = Some(MicroDollars(55_040_000));
        let advice = |state, price, can_stop, part: &str| {
            let advice = saving(state, price, can_stop).unwrap_or_default();
            assert!(advice.contains(part), "{advice}");
        };
        advice(
            NodeState::Ready,
            price,
            true,
            "saves $55.04 an hour and keeps",
        );
        advice(NodeState::Ready, price, false, "Deleting it saves $55.04");
        advice(NodeState::Degraded, None, true, "no price");
        advice(NodeState::Stopped, price, true, "running costs $55.04");
        assert_eq!(saving(NodeState::Deleting, price, true), None);
        assert_eq!(saving(NodeState::Provisioning, price, true), None);
    }
}
