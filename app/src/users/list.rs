//! `/admin/users`.

use domain::access::PlatformAction;
use domain::problem::Problem;
use domain::user_query::UserQueryInput;
use domain::users::{UserFilter, UserPage};
use leptos::prelude::*;

use super::rows::UserRows;
use crate::address::Address;
use crate::page::{PageRequest, PageResult, Rendering};
use crate::resource::{Paging, paging_links};
use crate::routes;
use crate::ui::{
    ButtonKind, Chip, Chips, Empty, EmptyState, HeaderCell, Icon, LinkButton, PageHeader,
    SearchBar, SortableHeader, Symbol, Table,
};

/// The filters with their values in the address.
const FILTERS: [(UserFilter, &str, &str); 4] = [
    (UserFilter::All, "All", ""),
    (UserFilter::Admins, "Admins", "admins"),
    (UserFilter::Suspended, "Suspended", "suspended"),
    (
        UserFilter::WithoutTenant,
        "Without a tenant",
        "without_tenant",
    ),
];

/// The order of a list whose address names none.
const BY_NAME: &str = "name";

pub async fn list(request: PageRequest) -> PageResult {
    request.require(PlatformAction::ManageUsers)?;
    let query = request.address.query::<UserQueryInput>();
    let query = query.validate().map_err(Problem::invalid)?;
    let page = request.core.users.list(&request.caller, query).await?;
    Ok(request.show("Users", move || view! { <UserList page=page /> }))
}

#[component]
fn UserList(page: UserPage) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let chips = chips(&page, &address);
    let paging = Paging::by_key(&page.paging, page.per_page, page.items.len(), page.total);
    let links = paging_links(paging, &address);
    let body = if page.items.is_empty() {
        let narrowed = !address.shows_everything(&["sort", "per_page"]);
        view! { <NoUsers narrowed=narrowed /> }.into_any()
    } else {
        let head = Box::new(move || head(&address).into_any());
        view! {
            <Table caption="Users" head=head>
                <UserRows users=page.items />
            </Table>
        }
        .into_any()
    };
    view! {
        <PageHeader
            title="Users"
            summary=|| "Everyone who has signed in, with their roles and where the roles come from"
            actions=actions
        />
        <section aria-label="List of users" class="bg-surface border border-line rounded-card shadow-card">
            <div class="flex flex-wrap items-center gap-3 px-4 py-3 border-b border-line">
                <SearchBar label="Search name or email" />
                <Chips label="Filters" chips=chips />
            </div>
            {body}
            {links}
        </section>
    }
    .into_any()
}

fn actions() -> impl IntoView {
    view! {
        <LinkButton href=routes::CLAIM_RULES>"Try claim rules"</LinkButton>
        <LinkButton kind=ButtonKind::Primary href=routes::INVITE>
            <Icon symbol=Symbol::Plus size=16 />
            "Invite user"
        </LinkButton>
    }
}

fn head(address: &Address) -> impl IntoView + use<> {
    let sortable = |label: &'static str, sort: &str| {
        view! {
            <SortableHeader
                label=label
                href=address.sorted_by(sort, BY_NAME).to_string()
                ascending=address.ascending(sort, BY_NAME)
            />
        }
    };
    view! {
        {sortable("User", "name")}
        <HeaderCell>"Role"</HeaderCell>
        <HeaderCell>"State"</HeaderCell>
        {sortable("Last seen", "last_seen")}
        <HeaderCell>"Tenants"</HeaderCell>
        <HeaderCell number=true>
            <span class="sr-only">"Actions"</span>
        </HeaderCell>
    }
}

#[component]
fn NoUsers(narrowed: bool) -> impl IntoView {
    if narrowed {
        view! {
            <EmptyState
                why=Empty::NoMatch
                title="No users match"
                text="Change the search or the filter to see more."
            >
                <LinkButton href=routes::USERS>"Show all users"</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No users yet"
                text="Users appear here after their first sign-in."
            />
        }
        .into_any()
    }
}

fn chips(page: &UserPage, address: &Address) -> Vec<Chip> {
    let count = |filter: UserFilter| {
        let found = page.counts.iter().find(|count| count.filter == filter);
        found.map(|count| count.users)
    };
    FILTERS
        .into_iter()
        .map(|(filter, label, value)| Chip {
            label,
            count: count(filter),
            href: address.with("filter", value).to_string(),
            chosen: address.get("filter").unwrap_or_default() == value,
        })
        .collect()
}
