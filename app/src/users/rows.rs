//! The people of a page of the list.

use domain::access::PlatformRole;
use domain::people::Person;
use leptos::prelude::*;

use super::{LastSeen, StateOfPerson, Why};
use crate::routes;
use crate::ui::{Cell, Row};

/// One row for each.
#[component]
pub fn PeopleRows(people: Vec<Person>) -> impl IntoView {
    people.into_iter().map(row).collect_view()
}

fn row(person: Person) -> impl IntoView {
    let address = routes::user(person.id);
    let role = match person.platform_role {
        PlatformRole::Admin => "admin",
        PlatformRole::User => "user",
    };
    let tenants = match (person.tenants, person.platform_role) {
        (0, PlatformRole::User) => "no tenant".to_owned(),
        (0, PlatformRole::Admin) => "sees every tenant".to_owned(),
        (1, _) => "1 tenant".to_owned(),
        (tenants, _) => format!("{tenants} tenants"),
    };
    let name = person.name;
    let manage = format!(" {name}");
    let own_page = address.clone();
    view! {
        <Row>
            <Cell>
                <a href=own_page class="block font-semibold break-words hover:text-accent-text">
                    {name}
                </a>
                <small class="block text-faint break-words">{person.email}</small>
            </Cell>
            <Cell>
                {role}
                <small class="block text-faint break-words max-md:max-w-44">
                    <Why source=person.platform_source />
                </small>
            </Cell>
            <Cell>
                <StateOfPerson suspended=person.suspended />
            </Cell>
            <Cell>
                <span class="text-muted whitespace-nowrap">
                    <LastSeen at=person.last_seen_at />
                </span>
            </Cell>
            <Cell not_on_phone=true>
                <span class="text-muted whitespace-nowrap">{tenants}</span>
            </Cell>
            <Cell number=true not_on_phone=true>
                <a href=address class="link">
                    "Manage" <span class="sr-only">{manage}</span>
                </a>
            </Cell>
        </Row>
    }
}
