//! Offers as rows of a table. A price is a link to the order form filled in with what it is the price of.

use domain::node::catalogue::{Offer, OfferQueryInput, cloud_title};
use leptos::prelude::*;

use super::address::order;
use crate::access::Access;
use crate::nodes::words::{gib, per_hour};
use crate::ui::{Cell, Row};

/// Columns: accelerator, memory, where, processors and memory of the machine, price on demand, price as spot.
#[component]
pub fn OfferRows(offers: Vec<Offer>, access: Access, input: OfferQueryInput) -> impl IntoView {
    offers
        .into_iter()
        .map(|offer| row(&offer, access, &input))
        .collect_view()
}

fn row(offer: &Offer, access: Access, input: &OfferQueryInput) -> impl IntoView + use<> {
    let link = |spot| (access == Access::Order).then(|| order(offer, spot, input));
    let on_demand = price(offer, false, link(false));
    let spot = price(offer, true, link(true));
    let (what, kind) = (offer.accelerators(), offer.instance_type.clone());
    let (cloud, region) = (cloud_title(&offer.cloud), offer.region.clone());
    let (memory, machine) = (memory(offer), machine(offer));
    view! {
        <Row>
            <Cell>
                <b class="font-semibold">{what}</b>
                <small class="block text-faint break-words">{kind}</small>
            </Cell>
            <Cell number=true>{memory}</Cell>
            <Cell>
                <span>{cloud}</span>
                <small class="block text-muted">{region}</small>
            </Cell>
            <Cell number=true>
                <span class="text-muted">{machine}</span>
            </Cell>
            <Cell number=true>{on_demand}</Cell>
            <Cell number=true>{spot}</Cell>
        </Row>
    }
    .into_any()
}

/// The price, which leads to the order form. On a phone, where there is no header, it says what it is the price of.
fn price(offer: &Offer, spot: bool, link: Option<String>) -> impl IntoView + use<> {
    let amount = offer.price(spot);
    let kind = if spot { "Spot" } else { "On demand" };
    let words = per_hour(amount);
    let price = match (amount, link) {
        (Some(amount), Some(href)) => {
            let about = format!(
                "{kind}: order {} in {} {} at {amount} an hour",
                offer.accelerators(),
                cloud_title(&offer.cloud),
                offer.region,
            );
            view! {
                <a
                    href=href
                    aria-label=about
                    class="inline-block border border-line-strong rounded-control bg-surface px-2 py-0.5 font-semibold hover:border-accent hover:text-accent-text"
                >
                    {words}
                </a>
            }
            .into_any()
        }
        _ => words.into_any(),
    };
    view! {
        <small class="block text-muted mb-0.5 md:hidden">{kind}</small>
        {price}
    }
    .into_any()
}

/// `640 GiB`, and where there are several `8 × 80`.
fn memory(offer: &Offer) -> impl IntoView + use<> {
    let Some(each) = offer.device_memory_gib else {
        return "—".into_any();
    };
    let all = format!("{} GiB", gib(each * offer.count as f32));
    let parts = (offer.count > 1).then(|| format!("{} × {}", offer.count, gib(each)));
    view! {
        {all}
        {parts.map(|parts| view! { <small class="block text-faint">{parts}</small> })}
    }
    .into_any()
}

/// `192 vCPU · 2048 GiB`.
fn machine(offer: &Offer) -> String {
    let parts = [
        offer.vcpus.map(|vcpus| format!("{} vCPU", gib(vcpus))),
        offer
            .memory_gib
            .map(|memory| format!("{} GiB", gib(memory))),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "—".to_owned()
    } else {
        parts.join(" · ")
    }
}
