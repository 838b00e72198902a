//! What the node costs, what would save that, and when it ends by itself.

use domain::money::MicroDollars;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use crate::nodes::cost::{CostSoFar, until};
use crate::nodes::state::why_not_stop;
use crate::nodes::words::per_hour;
use crate::ui::{Card, Clock, Fact, Facts, LifeLeft, Remaining};

/// Figures first, then what to do about them.
#[component]
pub fn CostCard(node: RwSignal<Node>) -> impl IntoView {
    let cost = Memo::new(move |_| node.with(|node| (node.cost, node.now)));
    let end = Memo::new(move |_| {
        node.with(|node| {
            let going = matches!(node.state, NodeState::Deleting | NodeState::Deleted);
            (!going).then_some((node.created_at, node.ends_at))
        })
    });
    let figures = move || {
        let (cost, at) = cost.get();
        let now = if cost.running { "" } else { " while it runs" };
        view! {
            <Fact name="An hour">{format!("{}{now}", per_hour(cost.price_per_hour))}</Fact>
            <Fact name="So far">
                <CostSoFar cost=cost at=at />
            </Fact>
        }
    };
    let ends = move || match end.get() {
        None => "—".into_any(),
        Some((_, None)) => "when you take it down".into_any(),
        Some((_, Some(at))) => view! { "in " <Remaining until=at /> }.into_any(),
    };
    let idle = move || {
        node.with(|node| match node.autostop {
            Some(rule) => rule.words(),
            None => "goes on, however idle".to_owned(),
        })
    };
    let life = Signal::derive(move || {
        let (ordered, ends_at) = end.get()?;
        Some((ordered, ends_at?))
    });
    view! {
        <Card title="Cost">
            <Facts>
                {figures}
                <UntilItEnds node=node />
                <Fact name="When idle">{idle}</Fact>
                <Fact name="Ends">{ends}</Fact>
            </Facts>
            <LifeLeft life=life />
            <p class="text-small text-muted mt-3 empty:hidden">
                {move || node.with(advice)}
            </p>
        </Card>
    }
    .into_any()
}

/// What it comes to if it runs until its end.
#[component]
fn UntilItEnds(node: RwSignal<Node>) -> impl IntoView {
    let clock = Clock::in_context();
    let told = Memo::new(move |_| node.with(|node| (node.cost, node.now, node.ends_at)));
    let whole = Memo::new(move |_| {
        let (cost, at, end) = told.get();
        let (price, end) = (cost.price_per_hour?, end?);
        let now = clock.now();
        let left = end.as_second().saturating_sub(now.as_second()).max(0);
        cost.running
            .then(|| until(cost, at, now) + price.times_seconds(left))
    });
    // Every second it is the same but for roundings, which nobody needs to see move.
    let words = Memo::new(move |_| whole.get().map(|amount| amount.to_string()));
    move || {
        words
            .get()
            .map(|words| view! { <Fact name="Until it ends">"at most " {words}</Fact> })
    }
}

/// How to pay less.
fn advice(node: &Node) -> Option<String> {
    let stoppable = why_not_stop(node).is_none();
    saving(node.state, node.cost.price_per_hour, stoppable)
}

fn saving(state: NodeState, price: Option<MicroDollars>, stoppable: bool) -> Option<String> {
    match (state, price) {
        (NodeState::Stopped, Some(price)) => Some(format!(
            "Nothing runs. Its disk still costs a little in the cloud; running it again costs {price} an hour."
        )),
        (NodeState::Stopped, None) => {
            Some("Nothing runs. Its disk still costs a little in the cloud.".to_owned())
        }
        (state, Some(price)) if state.is_up() && stoppable => Some(format!(
            "Stopping saves {price} an hour; its disk stays. Taking it down ends all its cost."
        )),
        (state, Some(price)) if state.is_up() => Some(format!(
            "It cannot be stopped. Taking it down saves {price} an hour; what is on its disk is lost."
        )),
        (state, None) if state.is_up() => Some(
            "SkyPilot knows no price for this machine, so its cost is not counted here.".to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_pays_by_the_hour_is_told_what_ends_that() {
        let price = Some(MicroDollars(55_040_000));
        let says = |state, price, stoppable, part: &str| {
            let said = saving(state, price, stoppable).unwrap_or_default();
            assert!(said.contains(part), "{said}");
        };
        says(
            NodeState::Ready,
            price,
            true,
            "Stopping saves $55.04 an hour",
        );
        says(
            NodeState::Ready,
            price,
            false,
            "Taking it down saves $55.04",
        );
        says(NodeState::Degraded, None, true, "knows no price");
        says(NodeState::Stopped, price, true, "Its disk still costs");
        assert_eq!(saving(NodeState::Deleting, price, true), None);
        assert_eq!(saving(NodeState::Provisioning, price, true), None);
    }
}
