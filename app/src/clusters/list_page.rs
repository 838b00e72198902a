//! The list of clusters. Search, filter, order and page are in the address and work by plain links and a GET form.

use domain::cluster::ClusterState;
use domain::listing::{ClusterPage, ClusterQueryInput, ClusterSort};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{ClusterList, list_clusters};
use super::list_address as list;
use super::rows::ClusterRows;
use crate::access::Access;
use crate::live::follow;
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{
    ButtonKind, Chip, Chips, Clock, Empty, EmptyState, HeaderCell, Icon, LinkButton, PageHeader,
    Pagination, SearchBar, Skeleton, SortableHeader, Symbol, Table,
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
    let input = Memo::new(move |_| query.with(list::from_address));
    let clusters = Resource::new_blocking(move || input.get(), list_clusters);
    let clock = Clock::provide();
    follow(routes::CLUSTERS_EVENTS, move || clusters.refetch());

    let filters = move || {
        let input = input.get();
        Suspend::new(async move {
            clusters.await.ok().map(|answer| {
                view! { <Chips label="Filters" chips=chips(&answer.page, &input) /> }
            })
        })
    };
    let table = move || {
        let input = input.get();
        Suspend::new(async move {
            match clusters.await {
                Ok(list) => {
                    clock.sync(list.page.now);
                    view! { <Listing list=list input=input /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
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
    let new_cluster = Signal::derive(move || {
        let (tenant, environment) = input.with(|input| {
            (
                input.tenant.clone().unwrap_or_default(),
                input.environment.clone().unwrap_or_default(),
            )
        });
        let place = if environment.is_empty() {
            String::new()
        } else {
            format!("{tenant}/{environment}")
        };
        routes::with_query(routes::NEW_CLUSTER, [("place", place.as_str())])
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
            actions=move || view! { <Transition>{order}</Transition> }
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
                    keep=Signal::derive(keep)
                />
                <Transition>{filters}</Transition>
            </div>
            <Transition fallback=|| view! { <Skeleton lines=6 /> }>{table}</Transition>
        </section>
    }
    .into_any()
}

/// Table and paging of one answer.
#[component]
fn Listing(list: ClusterList, input: ClusterQueryInput) -> impl IntoView {
    let ClusterList { page, access } = list;
    let nothing_at_all = page.total == 0 && asks_for_everything(&input);
    let clusters = page.items.clone();
    let body = if clusters.is_empty() {
        view! { <NothingToList access=access narrowed=!nothing_at_all /> }.into_any()
    } else {
        let header = {
            let input = input.clone();
            move |label: &'static str, sort: ClusterSort, number: bool| {
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
        <Paging page=page input=input />
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

#[component]
fn Paging(page: ClusterPage, input: ClusterQueryInput) -> impl IntoView {
    let before = u64::from(page.page - 1) * u64::from(page.per_page);
    let last = before + page.items.len() as u64;
    let previous = (page.page > 1).then(|| list::with_page(&input, page.page - 1));
    let next = (last < page.total).then(|| list::with_page(&input, page.page + 1));
    (!page.items.is_empty()).then(|| {
        view! {
            <Pagination
                first=before + 1
                last=last
                total=page.total
                previous=previous
                next=next
            />
        }
    })
}

fn chips(page: &ClusterPage, input: &ClusterQueryInput) -> Vec<Chip> {
    let count = |states: &[ClusterState]| {
        page.counts
            .iter()
            .filter(|count| states.contains(&count.state))
            .map(|count| count.count)
            .sum()
    };
    let here = input.state.as_deref().unwrap_or("");
    let living: Vec<_> = ClusterState::ALL
        .into_iter()
        .filter(|state| *state != ClusterState::Deleted)
        .collect();
    let all = Chip {
        label: "All",
        count: Some(count(&living)),
        href: list::with_states(input, ""),
        chosen: here.is_empty(),
    };
    let filters = FILTERS.into_iter().map(|(label, states)| {
        let words: Vec<_> = states.iter().map(|state| state.as_str()).collect();
        let words = words.join(",");
        Chip {
            label,
            count: Some(count(states)),
            chosen: here == words,
            href: list::with_states(input, &words),
        }
    });
    let only_mine = input.mine.is_some();
    let mine = Chip {
        label: "Mine",
        count: None,
        href: list::with_mine(input, !only_mine),
        chosen: only_mine,
    };
    std::iter::once(all).chain(filters).chain([mine]).collect()
}

/// Whether nothing but order and page size is asked for.
fn asks_for_everything(input: &ClusterQueryInput) -> bool {
    let narrowing = [
        &input.search,
        &input.state,
        &input.tenant,
        &input.environment,
        &input.mine,
        &input.page,
    ];
    narrowing.iter().all(|parameter| parameter.is_none())
}
