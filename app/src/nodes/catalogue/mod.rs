//! `/nodes/catalogue`: the GPUs that can be launched, with locations and prices. Search, filters, order and position are
//! in the address.

mod filters;
mod rows;

use domain::node::catalogue::{OfferPage, OfferQueryInput};
use domain::problem::Problem;
use leptos::prelude::*;

use self::filters::{FILTERS, Filters};
use self::rows::offer_rows;
use super::resource::SECTION;
use crate::address::Address;
use crate::page::{PageRequest, PageResult};
use crate::resource::Permission;
use crate::routes;
use crate::ui::{
    ButtonKind, Column, Empty, EmptyState, Icon, LinkButton, List, PageHeader, Paging,
    RelativeTime, SearchBar, Symbol,
};

const CHEAPEST_FIRST: &str = "price";

const COLUMNS: &[Column] = &[
    Column::text("Accelerator").sorted_by("accelerator"),
    Column::number("Memory").sorted_by("memory"),
    Column::text("Location").sorted_by("cloud"),
    Column::number("Machine"),
    Column::number("On demand").sorted_by("price"),
    Column::number("Spot").sorted_by("spot_price"),
];

pub async fn catalogue(request: PageRequest) -> PageResult {
    let query = request.address.query::<OfferQueryInput>();
    let query = query.validate().map_err(Problem::invalid)?;
    let offers = request.core.nodes.catalogue(&request.caller, query).await?;
    let permission = Permission::of(&request.caller, SECTION.create);
    let address = request.address.clone();
    let has_prices = offers.read_at.is_some();
    let view = move || view! { <Catalogue offers=offers permission=permission address=address /> };
    let page = request.show("Catalogue", view);
    Ok(if has_prices {
        page
    } else {
        page.refresh_every(4).reload_without_script(true)
    })
}

#[component]
fn Catalogue(offers: OfferPage, permission: Permission, address: Address) -> impl IntoView {
    let place = address.place();
    let create = (permission == Permission::Create).then(|| {
        let href = routes::with_query(routes::NEW_NODE, [("place", place.as_str())]);
        view! {
            <LinkButton kind=ButtonKind::Primary href=href>
                <Icon symbol=Symbol::Plus size=16 />
                "New node"
            </LinkButton>
        }
    });
    let age = offers
        .read_at
        .map(|at| view! { ". Prices updated " <RelativeTime at=at /> });
    let paging = Paging::by_number(offers.page, offers.per_page, offers.total);
    let has_prices = offers.read_at.is_some();
    let list = if permission == Permission::None {
        view! {
            <section class="bg-surface border border-line rounded-card shadow-card">
                <NoOffers has_prices=has_prices permission=permission />
            </section>
        }
        .into_any()
    } else {
        let rows = offer_rows(&offers.items, permission, &place);
        let tools = move || {
            let filters = has_prices.then(|| {
                view! { <Filters accelerators=offers.accelerators clouds=offers.clouds /> }
            });
            view! {
                <SearchBar label="Search accelerator, region, machine" filters=&FILTERS>
                    {filters}
                </SearchBar>
            }
        };
        let empty = move || view! { <NoOffers has_prices=has_prices permission=permission /> };
        view! {
            <List
                noun="offer"
                columns=COLUMNS
                default_sort=CHEAPEST_FIRST
                tools=tools
                rows=rows
                paging=paging
                empty=empty
                neutral=&["tenant", "environment"]
            />
        }
        .into_any()
    };
    view! {
        <PageHeader
            back=routes::TO_NODES
            title="Catalogue"
            summary=move || ("GPUs of your tenants' clouds, with locations and prices", age)
            actions=move || create
        />
        {list}
    }
    .into_any()
}

#[component]
fn NoOffers(has_prices: bool, permission: Permission) -> impl IntoView {
    let (why, title, text) = match (permission, has_prices) {
        (Permission::None, _) => (
            Empty::NoPermission,
            "You are not a member of a tenant",
            "The catalogue shows the clouds of your tenants. Ask your platform team to add you to one.",
        ),
        (_, false) => (
            Empty::NothingYet,
            "Prices are being loaded",
            "The portal is reading the price lists from the SkyPilot API server. This page updates automatically.",
        ),
        (_, true) => (
            Empty::NothingYet,
            "No cloud is enabled",
            "Your tenants have no enabled cloud, so there is nothing to launch. Ask your platform team to enable one.",
        ),
    };
    view! { <EmptyState why=why title=title text=text /> }
}
