//! `/admin/users`.

use domain::access::PlatformAction;
use domain::problem::Problem;
use domain::user_query::UserQueryInput;
use domain::users::{UserFilter, UserPage};
use leptos::prelude::*;

use super::rows::row;
use crate::address::Address;
use crate::page::{PageRequest, PageResult, Rendering};
use crate::routes;
use crate::ui::{
    ButtonKind, Chip, Chips, Column, Empty, EmptyState, Icon, LinkButton, List, PageHeader, Paging,
    SearchBar, Symbol,
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

const BY_NAME: &str = "name";

const COLUMNS: &[Column] = &[
    Column::text("User").sorted_by("name"),
    Column::text("Role"),
    Column::text("State"),
    Column::text("Last seen").sorted_by("last_seen"),
    Column::text("Tenants"),
    Column::ACTIONS,
];

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
    let paging = Paging::by_key(&page.paging, page.per_page, page.total);
    let rows = page.items.into_iter().map(row).collect::<Vec<_>>();
    let tools = move || {
        view! {
            <SearchBar label="Search name or email" />
            <Chips label="Filters" chips=chips />
        }
    };
    let empty = || {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No users yet"
                text="Users appear here after their first sign-in."
            />
        }
    };
    view! {
        <PageHeader
            title="Users"
            summary=|| "Everyone who has signed in, with their roles and where the roles come from"
            actions=actions
        />
        <List
            noun="user"
            columns=COLUMNS
            default_sort=BY_NAME
            tools=tools
            rows=rows
            paging=paging
            empty=empty
        />
    }
    .into_any()
}

fn actions() -> impl IntoView {
    view! {
        <LinkButton href=routes::SESSIONS>"Sessions"</LinkButton>
        <LinkButton href=routes::CLAIM_RULES>"Try claim rules"</LinkButton>
        <LinkButton kind=ButtonKind::Primary href=routes::INVITE>
            <Icon symbol=Symbol::Plus size=16 />
            "Invite user"
        </LinkButton>
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
