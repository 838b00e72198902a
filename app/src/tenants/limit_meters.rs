//! How much of an environment's limits is in use.

use domain::money::MicroDollars;
use domain::quota::QuotaUsage;
use leptos::prelude::*;

use crate::ui::Meter;

/// A bar for each limit that is set.
#[component]
pub fn LimitMeters(quota: QuotaUsage) -> impl IntoView {
    let QuotaUsage { limits, in_use, .. } = quota;
    let price = limits.max_price_per_hour;
    view! {
        <div class="grid gap-3">
            {limits.max_clusters.map(|limit| count_meter("Clusters", in_use.clusters, limit))}
            {limits.max_nodes.map(|limit| count_meter("Nodes", in_use.nodes, limit))}
            {price.map(|limit| price_meter(in_use.price_per_hour, limit))}
        </div>
    }
    .into_any()
}

pub fn count_meter(label: &'static str, used: u32, limit: u32) -> AnyView {
    view! {
        <Meter label=label used=used.into() limit=limit.into() words=format!("{used} of {limit}") />
    }
    .into_any()
}

pub fn price_meter(price: MicroDollars, limit: MicroDollars) -> AnyView {
    view! {
        <Meter
            label="Cost per hour"
            used=price.0.unsigned_abs()
            limit=limit.0.unsigned_abs()
            words=format!("{price} of {limit}")
        />
    }
    .into_any()
}
