//! `/nodes/catalogue`: what can be launched, where and for how much. Search, filters, order and page are in the address.

use std::time::Duration;

use domain::node::catalogue::{OfferPage, OfferQueryInput, OfferSort};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::address as list;
use super::filters::Filters;
use super::rows::OfferRows;
use crate::access::Access;
use crate::nodes::api::{Catalogue, load_catalogue};
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{
    ButtonKind, Clock, Empty, EmptyState, HeaderCell, Icon, LinkButton, PageHeader, Pagination,
    RelativeTime, SearchBar, Skeleton, SortableHeader, Symbol, Table, reload_without_script,
    waiting,
};

/// How often to look again while the prices are being read.
const LOOK_AGAIN: Duration = Duration::from_secs(4);

/// The catalogue.
#[component]
pub fn CataloguePage() -> impl IntoView {
    let query = use_query_map();
    let input = Memo::new(move |_| query.with(list::from_address));
    let catalogue = Resource::new_blocking(move || input.get(), load_catalogue);
    let clock = Clock::provide();
    look_again_until_read(catalogue);

    let filters = move || {
        let input = input.get();
        Suspend::new(async move {
            catalogue
                .await
                .ok()
                .filter(|answer| answer.page.read_at.is_some())
                .map(|answer| view! { <Filters page=answer.page input=input /> })
        })
    };
    let table = move || {
        let input = input.get();
        Suspend::new(async move {
            match catalogue.await {
                Ok(catalogue) => {
                    clock.sync(catalogue.page.now);
                    view! { <Listing catalogue=catalogue input=input /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    let age = move || {
        Suspend::new(async move {
            let read_at = catalogue.await.ok()?.page.read_at?;
            Some(view! {
                ". Prices read "
                <RelativeTime at=read_at />
            })
        })
    };
    let order = move || {
        Suspend::new(async move {
            let may_order = catalogue
                .await
                .is_ok_and(|catalogue| catalogue.access == Access::Order);
            may_order.then(|| {
                view! {
                    <LinkButton kind=ButtonKind::Primary href=routes::NEW_NODE>
                        <Icon symbol=Symbol::Plus size=16 />
                        "New node"
                    </LinkButton>
                }
            })
        })
    };
    // What a new search leaves as it is.
    let keep = move || {
        input.with(|input| {
            list::parameters(input)
                .into_iter()
                .filter(|(name, value)| !["search", "page"].contains(name) && !value.is_empty())
                .map(|(name, value)| (name, value.to_owned()))
                .collect()
        })
    };
    let searched = input.with_untracked(|input| input.search.clone().unwrap_or_default());
    view! {
        <Title text="Catalogue" />
        <PageHeader
            back=routes::TO_NODES
            title="Catalogue"
            summary=move || {
                view! {
                    "What your tenants' clouds offer, where and for how much"
                    <Transition>{waiting(age)}</Transition>
                }
            }
            actions=move || view! { <Transition>{waiting(order)}</Transition> }
        />
        <section
            aria-label="Offers"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            <div class="flex flex-wrap items-center gap-3 px-4 py-3 border-b border-line">
                <SearchBar
                    action=routes::CATALOGUE
                    name="search"
                    label="Search accelerator, region, machine"
                    value=searched
                    keep=Signal::derive(keep)
                />
                <Transition>{waiting(filters)}</Transition>
            </div>
            <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(table)}</Transition>
        </section>
    }
    .into_any()
}

type CatalogueResource = Resource<Result<Catalogue, crate::refusal::Refusal>>;

/// The prices are read soon after the portal has started; whoever looks earlier need not ask twice.
fn look_again_until_read(catalogue: CatalogueResource) {
    Effect::new(move || {
        let waiting = catalogue.with(|answer| {
            answer
                .as_ref()
                .and_then(|answer| answer.as_ref().ok())
                .is_some_and(|catalogue| catalogue.page.read_at.is_none())
        });
        if !waiting {
            return;
        }
        let again = set_timeout_with_handle(move || catalogue.refetch(), LOOK_AGAIN);
        if let Ok(again) = again {
            on_cleanup(move || again.clear());
        }
    });
}

/// Table and paging of one answer.
#[component]
fn Listing(catalogue: Catalogue, input: OfferQueryInput) -> impl IntoView {
    let Catalogue { page, access } = catalogue;
    if page.items.is_empty() || access == Access::None {
        return view! { <NothingToList page=page access=access input=input /> }.into_any();
    }
    let offers = page.items.clone();
    let asked = input.clone();
    let header = {
        let input = input.clone();
        move |label: &'static str, sort: OfferSort, number: bool| {
            view! {
                <SortableHeader
                    label=label
                    href=list::sorted_by(&input, sort)
                    ascending=list::ascending(&input, sort)
                    number=number
                />
            }
        }
    };
    let head = move || {
        view! {
            {header("Accelerator", OfferSort::Accelerator, false)}
            {header("Memory", OfferSort::Memory, true)}
            {header("Where", OfferSort::Cloud, false)}
            <HeaderCell number=true>"Machine"</HeaderCell>
            {header("On demand", OfferSort::Price, true)}
            {header("Spot", OfferSort::SpotPrice, true)}
        }
        .into_any()
    };
    view! {
        <Table caption="Offers" head=Box::new(head)>
            <OfferRows offers=offers access=access input=asked />
        </Table>
        <Paging page=page input=input />
    }
    .into_any()
}

/// Why there is nothing, and the way on.
#[component]
fn NothingToList(page: OfferPage, access: Access, input: OfferQueryInput) -> impl IntoView {
    if access == Access::None {
        return view! {
            <EmptyState
                why=Empty::NoPermission
                title="You are not in a tenant yet"
                text="What can be launched depends on the clouds of a tenant. Ask your platform team to add you to one."
            />
        }
        .into_any();
    }
    if page.read_at.is_none() {
        return view! {
            {reload_without_script()}
            <EmptyState
                why=Empty::NothingYet
                title="Prices are being read"
                text="The portal asks the SkyPilot API server what the clouds have and what it costs. This page looks again by itself."
            />
        }
        .into_any();
    }
    if list::asks_for_everything(&input) {
        return view! {
            <EmptyState
                why=Empty::NothingYet
                title="No cloud to launch on"
                text="No cloud is enabled for your tenants yet, so there is nothing to order. Ask your platform team for one."
            />
        }
        .into_any();
    }
    view! {
        <EmptyState
            why=Empty::NoMatch
            title="Nothing matches"
            text="There are offers, but none for this search and these filters."
        >
            <LinkButton href=list::without_filters(&input)>"Show all offers"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn Paging(page: OfferPage, input: OfferQueryInput) -> impl IntoView {
    let before = u64::from(page.page.saturating_sub(1)) * u64::from(page.per_page);
    let last = before + page.items.len() as u64;
    let previous = (page.page > 1).then(|| list::with_page(&input, page.page - 1));
    let next = (last < page.total).then(|| list::with_page(&input, page.page + 1));
    view! {
        <Pagination first=before + 1 last=last total=page.total previous=previous next=next />
    }
}
