//! The list of clusters. Search, filter, order and page are in the address and work by plain links and a GET form.

use domain::cluster::ClusterState;
use domain::listing::{ClusterPage, ClusterSort};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{ClusterList, list_clusters};
use super::rows::ClusterRows;
use crate::access::Access;
use crate::listing::{Filter, ListAddress, Paging, chips};
use crate::live::follow;
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{
    ButtonKind, Chip, Chips, Clock, Empty, EmptyState, HeaderCell, Icon, LinkButton, PageHeader,
    SearchBar, Skeleton, SortableHeader, Symbol, Table, waiting,
};

/// What the chips offer: a word and the states behind it.
const FILTERS: [(&str, &[ClusterState]); 3] = [
    ("Ready", &[ClusterState::Ready]),
    (
        "Working",
        &[
            ClusterState::Pending,
            ClusterState::Provisioning,
            ClusterState::Deleting,
        ],
    ),
    ("Needs you", &[ClusterState::Failed, ClusterState::Degraded]),
];

/// `/clusters`.
#[component]
pub fn ClustersPage() -> impl IntoView {
    let query = use_query_map();
    let here = Memo::new(move |_| query.with(|query| ListAddress::read(routes::CLUSTERS, query)));
    let clusters = Resource::new_blocking(move || here.get(), |here| list_clusters(here.into()));
    let clock = Clock::provide();
    follow(routes::CLUSTERS_EVENTS, move || clusters.refetch());

    let filters = move || {
        let here = here.get();
        Suspend::new(async move {
            clusters.await.ok().map(|answer| {
                view! { <Chips label="Filters" chips=filters_of(&answer.page, &here) /> }
            })
        })
    };
    let table = move || {
        let here = here.get();
        Suspend::new(async move {
            match clusters.await {
                Ok(list) => {
                    clock.sync(list.page.now);
                    view! { <Listing list=list here=here /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    let searched = here.with_untracked(|here| here.search.clone().unwrap_or_default());
    let new_cluster = Signal::derive(move || {
        here.with(|here| {
            routes::with_query(routes::NEW_CLUSTER, [("place", here.place().as_str())])
        })
    });
    let order = move || {
        Suspend::new(async move {
            let may_order = clusters
                .await
                .is_ok_and(|list| list.access == Access::Order);
            may_order.then(|| {
                view! {
                    <LinkButton kind=ButtonKind::Primary href=new_cluster>
                        <Icon symbol=Symbol::Plus size=16 />
                        "New cluster"
                    </LinkButton>
                }
            })
        })
    };
    view! {
        <Title text="Clusters" />
        <PageHeader
            title="Clusters"
            summary=|| "Virtual Kubernetes clusters that you can see"
            actions=move || view! { <Transition>{waiting(order)}</Transition> }
        />
        <section
            aria-label="List of clusters"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            <div class="flex flex-wrap items-center gap-3 px-4 py-3 border-b border-line">
                <SearchBar
                    action=routes::CLUSTERS
                    name="search"
                    label="Search name, owner, tenant"
                    value=searched
                    keep=Signal::derive(move || here.with(ListAddress::kept_by_a_search))
                />
                <Transition>{waiting(filters)}</Transition>
            </div>
            <Transition fallback=|| view! { <Skeleton lines=6 /> }>{waiting(table)}</Transition>
        </section>
    }
    .into_any()
}

/// Table and paging of one answer.
#[component]
fn Listing(list: ClusterList, here: ListAddress) -> impl IntoView {
    let ClusterList { page, access } = list;
    let nothing_at_all = page.total == 0 && here.asks_for_everything();
    let clusters = page.items.clone();
    let body = if clusters.is_empty() {
        view! { <NothingToList access=access narrowed=!nothing_at_all /> }.into_any()
    } else {
        let header = {
            let here = here.clone();
            move |label: &'static str, sort: ClusterSort, number: bool| {
                view! {
                    <SortableHeader
                        label=label
                        href=here.sorted_by(sort.as_str())
                        ascending=here.ascending(sort.as_str())
                        number=number
                    />
                }
            }
        };
        let head = move || {
            view! {
                {header("Name", ClusterSort::Name, false)}
                {header("State", ClusterSort::State, false)}
                <HeaderCell>"Environment"</HeaderCell>
                {header("Ends in", ClusterSort::Ends, true)}
                <HeaderCell number=true>"Price"</HeaderCell>
            }
            .into_any()
        };
        view! {
            <Table caption="Clusters" head=Box::new(head)>
                <ClusterRows clusters=clusters />
            </Table>
        }
        .into_any()
    };
    view! {
        {body}
        <Paging
            list=here
            paging=page.paging.clone()
            per_page=page.per_page
            shown=page.items.len()
            total=page.total
        />
    }
    .into_any()
}

/// Why the list is empty, and the way on.
#[component]
fn NothingToList(access: Access, narrowed: bool) -> impl IntoView {
    match (access, narrowed) {
        (Access::None, _) => view! {
            <EmptyState
                why=Empty::NoPermission
                title="You are not in a tenant yet"
                text="Clusters belong to tenants. Ask your platform team to add you to one; then its clusters are here."
            />
        }
        .into_any(),
        (_, true) => view! {
            <EmptyState
                why=Empty::NoMatch
                title="No cluster matches"
                text="There are clusters, but none for this search and these filters."
            >
                <LinkButton href=routes::CLUSTERS>"Show all clusters"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        (Access::Order, false) => view! {
            <EmptyState
                why=Empty::NothingYet
                title="No clusters yet"
                text="Order one and use it a minute later. It ends by itself when its time is over."
            >
                <LinkButton href=routes::NEW_CLUSTER>"Order the first one"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        (Access::View, false) => view! {
            <EmptyState
                why=Empty::NothingYet
                title="No clusters yet"
                text="Nobody in your tenants has ordered one. As a viewer you will see them here."
            />
        }
        .into_any(),
    }
}

fn filters_of(page: &ClusterPage, here: &ListAddress) -> Vec<Chip> {
    let count = |states: &[ClusterState]| {
        page.counts
            .iter()
            .filter(|count| states.contains(&count.state))
            .map(|count| count.count)
            .sum()
    };
    let living: Vec<_> = ClusterState::ALL
        .into_iter()
        .filter(|state| *state != ClusterState::Deleted)
        .collect();
    let filters = FILTERS.into_iter().map(|(label, states)| {
        let words: Vec<_> = states.iter().map(|state| state.as_str()).collect();
        Filter {
            label,
            states: words.join(","),
            count: count(states),
        }
    });
    chips(here, count(&living), filters)
}
