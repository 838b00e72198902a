//! What a node costs, going on while one looks.

use domain::money::MicroDollars;
use domain::node::view::NodeCost;
use jiff::Timestamp;
use leptos::prelude::*;

use crate::ui::Clock;

/// What it has cost until now, by the page's clock.
#[component]
pub fn CostSoFar(
    cost: NodeCost,
    /// The moment that `cost` was told.
    at: Timestamp,
) -> impl IntoView {
    let clock = Clock::in_context();
    view! { <span class="tabular-nums">{move || until(cost, at, clock.now()).to_string()}</span> }
        .into_any()
}

/// What it has cost at `now`, told at `at`.
pub fn until(cost: NodeCost, at: Timestamp, now: Timestamp) -> MicroDollars {
    let since = match cost.price_per_hour {
        Some(price) if cost.running => {
            price.times_seconds(now.as_second().saturating_sub(at.as_second()).max(0))
        }
        _ => MicroDollars(0),
    };
    cost.so_far + since
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn what_runs_goes_on_costing_and_what_rests_does_not() {
        let running = NodeCost {
            price_per_hour: Some(MicroDollars(36_000_000)),
            so_far: MicroDollars(1_000_000),
            running: true,
        };
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(9);
        let later = at + SignedDuration::from_secs(100);
        assert_eq!(until(running, at, later), MicroDollars(2_000_000));
        let resting = NodeCost {
            running: false,
            ..running
        };
        assert_eq!(until(resting, at, later), MicroDollars(1_000_000));
        let earlier = at - SignedDuration::from_secs(5);
        assert_eq!(until(running, at, earlier), running.so_far);
    }
}
