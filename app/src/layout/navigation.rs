//! The links to the portal's parts.

use domain::account::TenantMembership;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use crate::routes;
use crate::ui::{Icon, Symbol, tw};

/// The name and the mark, which lead home.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a href=routes::OVERVIEW class="flex items-center gap-2.5 px-2 pt-1 pb-3.5 text-lead font-semibold">
            <span class="text-accent">
                <Icon symbol=Symbol::Mark size=22 />
            </span>
            "Hangar"
        </a>
    }
    .into_any()
}

/// The portal's parts, the present one marked.
#[component]
pub fn Navigation(
    /// One's own tenants, which take a look at who is signed in.
    #[prop(into)]
    team: ViewFnOnce,
) -> impl IntoView {
    view! {
        <nav aria-label="Main">
            <ul class="grid gap-0.5">
                <Item href=routes::OVERVIEW symbol=Symbol::Overview label="Overview" />
                <Item href=routes::CLUSTERS symbol=Symbol::Cube label="Clusters" />
                <Item href=routes::NODES symbol=Symbol::Chip label="Nodes" />
                {team.run()}
                <Item href=routes::ACCOUNT symbol=Symbol::User label="Account" />
                <Item href=routes::API symbol=Symbol::Book label="API reference" />
            </ul>
        </nav>
    }
    .into_any()
}

/// What only platform admins are shown.
#[component]
pub fn AdminNavigation() -> impl IntoView {
    view! {
        <nav aria-label="Admin" class="mt-4">
            <p class="px-2.5 pb-1 text-tiny font-semibold uppercase tracking-wide text-faint">
                "Admin"
            </p>
            <ul class="grid gap-0.5">
                <Item href=routes::USERS symbol=Symbol::Team label="Users" />
                <Item href=routes::ALL_TENANTS symbol=Symbol::Building label="Tenants" />
                <Item href=routes::POOLS symbol=Symbol::Lock label="Identity provider" />
                <Item href=routes::PERMISSIONS symbol=Symbol::Check label="Permissions" />
                <Item href=routes::HOST_CLUSTERS symbol=Symbol::Server label="Host clusters" />
                <Item href=routes::PLANS symbol=Symbol::Tag label="Plans" />
                <Item href=routes::ORPHANS symbol=Symbol::Alert label="Orphans" />
                <Item href=routes::AUDIT symbol=Symbol::List label="Audit log" />
            </ul>
        </nav>
    }
    .into_any()
}

/// The tenant that one looks at, or the choice among one's own. Nothing for who is in none.
#[component]
pub fn TeamItem(tenants: Vec<TenantMembership>) -> impl IntoView {
    let slugs: Vec<_> = tenants
        .into_iter()
        .map(|membership| membership.tenant.slug)
        .collect();
    let query = use_query_map();
    let any = !slugs.is_empty();
    let href = Memo::new(move |_| {
        let looked_at = query.with(|query| query.get("tenant"));
        let one = looked_at
            .filter(|slug| slugs.contains(slug))
            .or_else(|| slugs.first().filter(|_| slugs.len() == 1).cloned());
        one.map_or_else(|| routes::TENANTS.to_owned(), |slug| routes::tenant(&slug))
    });
    let path = use_location().pathname;
    let here = Memo::new(move |_| belongs(&path.get(), routes::TENANTS));
    any.then(|| view! { <Link href=href here=here symbol=Symbol::Team label="Team" /> })
}

#[component]
fn Item(href: &'static str, symbol: Symbol, label: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let here = Memo::new(move |_| belongs(&path.get(), href));
    view! { <Link href=href here=here symbol=symbol label=label /> }
}

#[component]
fn Link(
    #[prop(into)] href: Signal<String>,
    here: Memo<bool>,
    symbol: Symbol,
    label: &'static str,
) -> impl IntoView {
    view! {
        <li>
            <a
                href=href
                aria-current=move || here.get().then_some("page")
                class=move || {
                    let colours = if here.get() {
                        tw("bg-accent-soft text-accent-text font-semibold")
                    } else {
                        tw("text-muted font-medium hover:bg-sunken hover:text-text")
                    };
                    format!("{} {colours}", tw("flex items-center gap-2.5 px-2.5 py-1.75 rounded-control"))
                }
            >
                <Icon symbol=symbol />
                {label}
            </a>
        </li>
    }
    .into_any()
}

/// Whether the page at `path` is part of `section`.
fn belongs(path: &str, section: &str) -> bool {
    path == section
        || (section != "/"
            && path
                .strip_prefix(section)
                .is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_holds_its_pages_and_no_other() {
        assert!(belongs("/clusters/new", "/clusters"));
        assert!(belongs("/", "/"));
        assert!(!belongs("/clusters", "/"));
        assert!(!belongs("/clusters-of-others", "/clusters"));
    }
}
