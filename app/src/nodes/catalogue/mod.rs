//! `/nodes/catalogue`: the GPUs that can be launched, with locations and prices. Search, filters, order and position are
//! in the address.

mod filters;
mod rows;

use domain::access::Action;
use domain::node::catalogue::{OfferPage, OfferQueryInput};
use domain::problem::Problem;
use leptos::prelude::*;

use self::filters::{FILTERS, Filters};
use self::rows::OfferRows;
use crate::address::Address;
use crate::page::{PageRequest, PageResult};
use crate::resource::{Column, Paging, Permission, headers, paging_links};
use crate::routes;
use crate::ui::{
    ButtonKind, Empty, EmptyState, Icon, LinkButton, PageHeader, RelativeTime, SearchBar, Symbol,
    Table,
};

const CHEAPEST_FIRST: &str = "price";

const COLUMNS: [Column; 6] = [
    Column {
        label: "Accelerator",
        sort: Some("accelerator"),
        number: false,
    },
    Column {
        label: "Memory",
        sort: Some("memory"),
        number: true,
    },
    Column {
        label: "Location",
        sort: Some("cloud"),
        number: false,
    },
    Column {
        label: "Machine",
        sort: None,
        number: true,
    },
    Column {
        label: "On demand",
        sort: Some("price"),
        number: true,
    },
    Column {
        label: "Spot",
        sort: Some("spot_price"),
        number: true,
    },
];

pub async fn catalogue(request: PageRequest) -> PageResult {
    let query = request.address.query::<OfferQueryInput>();
    let query = query.validate().map_err(Problem::invalid)?;
    let offers = request.core.nodes.catalogue(&request.caller, query).await?;
    let permission = Permission::of(&request.caller, Action::OrderNode);
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
    let paging = Paging::by_number(
        offers.page,
        offers.per_page,
        offers.items.len(),
        offers.total,
    );
    let filters = offers.read_at.map(|_| {
        view! { <Filters accelerators=offers.accelerators.clone() clouds=offers.clouds.clone() /> }
    });
    let is_listed = paging.shown > 0 && permission != Permission::None;
    let list = if is_listed {
        let head = {
            let address = address.clone();
            move || headers(&COLUMNS, &address, CHEAPEST_FIRST)
        };
        view! {
            <Table caption="Offers" head=Box::new(head)>
                <OfferRows offers=offers.items permission=permission place=place />
            </Table>
            {paging_links(paging, &address)}
        }
        .into_any()
    } else {
        view! { <NoOffers offers=offers permission=permission address=address /> }.into_any()
    };
    view! {
        <PageHeader
            back=routes::TO_NODES
            title="Catalogue"
            summary=move || ("GPUs of your tenants' clouds, with locations and prices", age)
            actions=move || create
        />
        <section
            aria-label="Offers"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            <div class="px-4 py-3 border-b border-line">
                <SearchBar label="Search accelerator, region, machine" filters=&FILTERS>
                    {filters}
                </SearchBar>
            </div>
            {list}
        </section>
    }
    .into_any()
}

#[component]
fn NoOffers(offers: OfferPage, permission: Permission, address: Address) -> impl IntoView {
    let narrowed = offers.total > 0
        || !address.shows_everything(&["tenant", "environment", "sort", "per_page"]);
    if permission == Permission::None {
        view! {
            <EmptyState
                why=Empty::NoPermission
                title="You are not a member of a tenant"
                text="The catalogue shows the clouds of your tenants. Ask your platform team to add you to one."
            />
        }
        .into_any()
    } else if offers.read_at.is_none() {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="Prices are being loaded"
                text="The portal is reading the price lists from the SkyPilot API server. This page updates automatically."
            />
        }
        .into_any()
    } else if narrowed {
        let everything = FILTERS
            .iter()
            .fold(address.with("search", ""), |address, filter| {
                address.with(filter, "")
            });
        view! {
            <EmptyState
                why=Empty::NoMatch
                title="No offers match"
                text="Change the search or the filters to see more."
            >
                <LinkButton href=everything.to_string()>"Show all offers"</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No cloud is enabled"
                text="Your tenants have no enabled cloud, so there is nothing to launch. Ask your platform team to enable one."
            />
        }
        .into_any()
    }
}
