//! Offers as rows of a table. Each price is a link to the form that creates such a node.

use domain::node::catalogue::{Offer, cloud_title};
use leptos::prelude::*;

use crate::nodes::quantity::{gib, per_hour};
use crate::resource::Permission;
use crate::routes;
use crate::ui::{Cell, Row};

/// `place` is the environment to create nodes in: `vision/dev`, or empty.
pub fn offer_rows(offers: &[Offer], permission: Permission, place: &str) -> Vec<AnyView> {
    let row = |offer| row(offer, permission, place);
    offers.iter().map(row).collect()
}

/// The form that creates such a node.
fn create(offer: &Offer, spot: bool, place: &str) -> String {
    let count = offer.count.to_string();
    routes::with_query(
        routes::NEW_NODE,
        [
            ("accelerator", offer.accelerator.as_str()),
            ("count", &count),
            ("cloud", &offer.cloud),
            ("region", &offer.region),
            ("spot", if spot { "true" } else { "" }),
            ("place", place),
        ],
    )
}

fn row(offer: &Offer, permission: Permission, place: &str) -> AnyView {
    let link = |spot| (permission == Permission::Create).then(|| create(offer, spot, place));
    let on_demand = price(offer, false, link(false));
    let spot = price(offer, true, link(true));
    let (accelerators, instance_type) = (offer.accelerators(), offer.instance_type.clone());
    let (cloud, region) = (cloud_title(&offer.cloud), offer.region.clone());
    let (memory, machine) = (memory(offer), machine(offer));
    view! {
        <Row>
            <Cell>
                <b class="font-semibold">{accelerators}</b>
                <small class="block text-faint break-words">{instance_type}</small>
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

/// On a small screen the table has no header, so each price has a caption.
fn price(offer: &Offer, spot: bool, link: Option<String>) -> impl IntoView + use<> {
    let amount = offer.price(spot);
    let kind = if spot { "Spot" } else { "On demand" };
    let text = per_hour(amount);
    let price = match (amount, link) {
        (Some(amount), Some(href)) => {
            let about = format!(
                "{kind}: launch {} in {} {} for {amount} per hour",
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
                    {text}
                </a>
            }
            .into_any()
        }
        _ => text.into_any(),
    };
    view! {
        <small class="block text-muted mb-0.5 lg:hidden">{kind}</small>
        {price}
    }
    .into_any()
}

/// `640 GiB`, and `8 × 80` below it if there are several accelerators.
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
