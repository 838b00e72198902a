//! What a resource has cost.

use domain::usage::Cost;
use jiff::Timestamp;
use leptos::prelude::*;

/// The cost so far. The script counts on while it is charged.
#[component]
pub fn CostSoFar(
    cost: Cost,
    /// The time of `cost`.
    at: Timestamp,
) -> impl IntoView {
    let price = cost
        .price_per_hour
        .filter(|_| cost.charged)
        .map(|price| price.0);
    view! {
        <span
            class="tabular-nums"
            data-price-per-hour=price
            data-cost=price.map(|_| cost.so_far.0)
            data-cost-at=price.map(|_| at.to_string())
        >
            {cost.so_far.to_string()}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::money::MicroDollars;

    use super::*;

    #[test]
    fn cost_counts_on_only_while_it_is_charged() {
        let html = |charged| {
            let cost = Cost {
                price_per_hour: Some(MicroDollars(36_000_000)),
                so_far: MicroDollars(1_000_000),
                charged,
            };
            view! { <CostSoFar cost=cost at=Timestamp::UNIX_EPOCH /> }.to_html()
        };
        assert!(html(true).contains(r#"data-price-per-hour="36000000""#));
        assert!(!html(false).contains("data-price-per-hour"));
        assert!(html(false).contains("$1.00"));
    }
}
