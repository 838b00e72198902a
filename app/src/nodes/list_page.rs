//! The list of nodes. Search, filter, order and page are in the address and work by plain links and a GET form.

use domain::node::listing::{NodePage, NodeSort};
use domain::node::view::NodeState;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::list_api::{NodeList, list_nodes};
use super::rows::ListedNodes;
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
const FILTERS: [(&str, &[NodeState]); 4] = [
    ("Ready", &[NodeState::Ready]),
    (
        "Working",
        &[
            NodeState::Pending,
            NodeState::Provisioning,
            NodeState::Stopping,
            NodeState::Starting,
            NodeState::Deleting,
        ],
    ),
    ("Needs you", &[NodeState::Failed, NodeState::Degraded]),
    ("Stopped", &[NodeState::Stopped]),
];

/// `/nodes`.
#[component]
pub fn NodesPage() -> impl IntoView {
    let query = use_query_map();
    let here = Memo::new(move |_| query.with(|query| ListAddress::read(routes::NODES, query)));
    let nodes = Resource::new_blocking(move || here.get(), |here| list_nodes(here.into()));
    let clock = Clock::provide();
    follow(routes::NODES_EVENTS, move || nodes.refetch());

    let filters = move || {
        let here = here.get();
        Suspend::new(async move {
            nodes.await.ok().map(|answer| {
                view! { <Chips label="Filters" chips=filters_of(&answer.page, &here) /> }
            })
        })
    };
    let table = move || {
        let here = here.get();
        Suspend::new(async move {
            match nodes.await {
                Ok(list) => {
                    clock.sync(list.page.now);
                    view! { <Listing list=list here=here /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    let searched = here.with_untracked(|here| here.search.clone().unwrap_or_default());
    let new_node = Signal::derive(move || {
        here.with(|here| routes::with_query(routes::NEW_NODE, [("place", here.place().as_str())]))
    });
    let order = move || {
        Suspend::new(async move {
            let may_order = nodes.await.is_ok_and(|list| list.access == Access::Order);
            may_order.then(|| {
                view! {
                    <LinkButton kind=ButtonKind::Primary href=new_node>
                        <Icon symbol=Symbol::Plus size=16 />
                        "New node"
                    </LinkButton>
                }
            })
        })
    };
    view! {
        <Title text="Nodes" />
        <PageHeader
            title="Nodes"
            summary=|| "GPU machines that you can see"
            actions=move || {
                view! {
                    <LinkButton href=routes::CATALOGUE>"Catalogue"</LinkButton>
                    <Transition>{waiting(order)}</Transition>
                }
            }
        />
        <section
            aria-label="List of nodes"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            <div class="flex flex-wrap items-center gap-3 px-4 py-3 border-b border-line">
                <SearchBar
                    action=routes::NODES
                    name="search"
                    label="Search name, accelerator, owner, tenant"
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
fn Listing(list: NodeList, here: ListAddress) -> impl IntoView {
    let NodeList { page, access } = list;
    let nothing_at_all = page.total == 0 && here.asks_for_everything();
    let nodes = page.items.clone();
    let body = if nodes.is_empty() {
        view! { <NothingToList access=access narrowed=!nothing_at_all /> }.into_any()
    } else {
        let header = {
            let here = here.clone();
            move |label: &'static str, sort: NodeSort, number: bool| {
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
                {header("Name", NodeSort::Name, false)}
                {header("State", NodeSort::State, false)}
                <HeaderCell>"Machine"</HeaderCell>
                <HeaderCell>"Where"</HeaderCell>
                <HeaderCell>"Owner"</HeaderCell>
                {header("Cost", NodeSort::Price, true)}
                {header("Ends in", NodeSort::Ends, true)}
            }
            .into_any()
        };
        view! {
            <Table caption="Nodes" head=Box::new(head)>
                <ListedNodes nodes=nodes />
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
                text="Nodes belong to tenants. Ask your platform team to add you to one; then its nodes are here."
            />
        }
        .into_any(),
        (_, true) => view! {
            <EmptyState
                why=Empty::NoMatch
                title="No node matches"
                text="There are nodes, but none for this search and these filters."
            >
                <LinkButton href=routes::NODES>"Show all nodes"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        (Access::Order, false) => view! {
            <EmptyState
                why=Empty::NothingYet
                title="No nodes yet"
                text="Find a GPU and use it a few minutes later. It stops by itself when nobody uses it."
            >
                <LinkButton href=routes::CATALOGUE>"Look at the catalogue"</LinkButton>
                <LinkButton href=routes::NEW_NODE>"Launch the first one"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        (Access::View, false) => view! {
            <EmptyState
                why=Empty::NothingYet
                title="No nodes yet"
                text="Nobody in your tenants has launched one. As a viewer you will see them here."
            />
        }
        .into_any(),
    }
}

fn filters_of(page: &NodePage, here: &ListAddress) -> Vec<Chip> {
    let count = |states: &[NodeState]| {
        page.counts
            .iter()
            .filter(|count| states.contains(&count.state))
            .map(|count| count.count)
            .sum()
    };
    let living: Vec<_> = NodeState::ALL
        .into_iter()
        .filter(|state| *state != NodeState::Deleted)
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
