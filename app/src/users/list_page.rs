//! `/admin/users`. Search, filter, order and page are in the address and work by plain links and a GET form.

use domain::access::PlatformAction;
use domain::people::{PeopleFilter, PeoplePage, PeopleSort};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::address::{FILTERS, PeopleAddress};
use super::api::list_people;
use super::rows::PeopleRows;
use crate::layout::OnlyForAdmins;
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{
    ButtonKind, Chip, Chips, Clock, Empty, EmptyState, HeaderCell, Icon, LinkButton, PageHeader,
    Pagination, SearchBar, Skeleton, SortableHeader, Symbol, Table, waiting,
};

/// Everybody who has signed in, and why they may do what they may.
#[component]
pub fn UsersPage() -> impl IntoView {
    view! {
        <OnlyForAdmins action=PlatformAction::ManageUsers>
            <Everybody />
        </OnlyForAdmins>
    }
}

#[component]
fn Everybody() -> impl IntoView {
    let query = use_query_map();
    let here = Memo::new(move |_| query.with(PeopleAddress::read));
    let people = Resource::new_blocking(move || here.get(), list_people);
    let clock = Clock::provide();
    let filters = move || {
        let here = here.get();
        Suspend::new(async move {
            people
                .await
                .ok()
                .map(|page| view! { <Chips label="Filters" chips=chips(&page, &here) /> })
        })
    };
    let table = move || {
        let here = here.get();
        Suspend::new(async move {
            match people.await {
                Ok(page) => {
                    clock.sync(page.now);
                    view! { <Listing page=page here=here /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    let searched = here.with_untracked(|here| here.search.clone());
    let keep = Signal::derive(move || here.with(PeopleAddress::kept_by_a_search));
    view! {
        <Title text="Users" />
        <PageHeader
            title="Users"
            summary=|| "Everyone who has signed in, and why they may do what they may"
            actions=actions
        />
        <section
            aria-label="List of users"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            <div class="flex flex-wrap items-center gap-3 px-4 py-3 border-b border-line">
                <SearchBar
                    action=routes::USERS
                    name="search"
                    label="Search name or e-mail"
                    value=searched
                    keep=keep
                />
                <Transition>{waiting(filters)}</Transition>
            </div>
            <Transition fallback=|| view! { <Skeleton lines=6 /> }>{waiting(table)}</Transition>
        </section>
    }
    .into_any()
}

fn actions() -> impl IntoView {
    view! {
        <LinkButton href=routes::CLAIM_RULES>"Try claim rules"</LinkButton>
        <LinkButton kind=ButtonKind::Primary href=routes::INVITE>
            <Icon symbol=Symbol::Plus size=16 />
            "Invite"
        </LinkButton>
    }
}

#[component]
fn Listing(page: PeoplePage, here: PeopleAddress) -> impl IntoView {
    let (shown, total) = (page.items.len() as u64, page.total);
    let body = if page.items.is_empty() {
        nobody(here.is_narrow()).into_any()
    } else {
        let head = {
            let here = here.clone();
            move || {
                let sortable = |label: &'static str, sort: PeopleSort| {
                    view! {
                        <SortableHeader
                            label=label
                            href=here.sorted_by(sort)
                            ascending=here.ascending(sort)
                        />
                    }
                };
                view! {
                    {sortable("Person", PeopleSort::Name)}
                    <HeaderCell>"Role"</HeaderCell>
                    <HeaderCell>"State"</HeaderCell>
                    {sortable("Last seen", PeopleSort::LastSeen)}
                    <HeaderCell>"Tenants"</HeaderCell>
                    <HeaderCell number=true>
                        <span class="sr-only">"What you can do"</span>
                    </HeaderCell>
                }
                .into_any()
            }
        };
        view! {
            <Table caption="Users" head=Box::new(head)>
                <PeopleRows people=page.items />
            </Table>
        }
        .into_any()
    };
    let before = u64::from(page.paging.page.saturating_sub(1)) * u64::from(page.per_page);
    let last = before + shown;
    let previous = page.paging.previous.map(|cursor| here.before(&cursor));
    let next = page.paging.next.map(|cursor| here.after(&cursor));
    view! {
        {body}
        {(shown > 0)
            .then(|| {
                view! {
                    <Pagination first=before + 1 last=last total=total previous=previous next=next />
                }
            })}
    }
    .into_any()
}

fn nobody(narrowed: bool) -> impl IntoView {
    if narrowed {
        view! {
            <EmptyState
                why=Empty::NoMatch
                title="Nobody matches"
                text="There are people, but none for this search and this filter."
            >
                <LinkButton href=routes::USERS>"Show everybody"</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="Nobody has signed in yet"
                text="People appear here with their first sign-in."
            />
        }
        .into_any()
    }
}

fn chips(page: &PeoplePage, here: &PeopleAddress) -> Vec<Chip> {
    let count = |filter: PeopleFilter| {
        page.counts
            .iter()
            .find(|count| count.filter == filter)
            .map(|count| count.people)
    };
    FILTERS
        .into_iter()
        .map(|(filter, label, word)| Chip {
            label,
            count: count(filter),
            href: here.with_filter(word),
            chosen: here.filter == word,
        })
        .collect()
}
