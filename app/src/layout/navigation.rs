//! The links to the portal's sections.

use domain::account::TenantMembership;
use leptos::prelude::*;

use crate::page::Rendering;
use crate::routes;
use crate::ui::{Icon, Symbol, tw};

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

/// The portal's sections, the current one marked.
#[component]
pub fn Navigation(tenants: Vec<TenantMembership>) -> impl IntoView {
    view! {
        <nav aria-label="Main">
            <ul class="grid gap-0.5">
                <Item href=routes::OVERVIEW symbol=Symbol::Overview label="Overview" />
                <ListItem list=routes::CLUSTERS symbol=Symbol::Cube label="Clusters" />
                <ListItem list=routes::NODES symbol=Symbol::Chip label="Nodes" />
                <Item href=routes::USAGE symbol=Symbol::Chart label="Usage" />
                <TenantItem tenants=tenants />
                <Item href=routes::ACCOUNT symbol=Symbol::User label="Account" />
                <Item href=routes::API symbol=Symbol::Book label="API reference" />
            </ul>
        </nav>
    }
    .into_any()
}

/// For platform admins.
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

/// The chosen tenant, or the list of the caller's tenants. Nothing for callers without a tenant.
#[component]
fn TenantItem(tenants: Vec<TenantMembership>) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let slugs: Vec<_> = tenants
        .into_iter()
        .map(|membership| membership.tenant.slug)
        .collect();
    let chosen = match (address.get("tenant"), slugs.as_slice()) {
        (_, []) => return None,
        (_, [only]) => Some(only.as_str()),
        (Some(slug), _) => Some(slug).filter(|slug| slugs.iter().any(|found| found == slug)),
        (None, _) => None,
    };
    let (href, label) = match chosen {
        Some(slug) => (routes::tenant(slug), "Tenant"),
        None => (routes::TENANTS.to_owned(), "My tenants"),
    };
    let here = belongs(&address.path, routes::TENANTS);
    Some(view! { <Link href=href here=here symbol=Symbol::Team label=label /> })
}

/// A list that keeps the chosen tenant and environment.
#[component]
fn ListItem(list: &'static str, symbol: Symbol, label: &'static str) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let here = belongs(&address.path, list);
    let scope = ["tenant", "environment"].map(|name| (name, address.get(name).unwrap_or_default()));
    let href = routes::with_query(list, scope);
    view! { <Link href=href here=here symbol=symbol label=label /> }
}

#[component]
fn Item(href: &'static str, symbol: Symbol, label: &'static str) -> impl IntoView {
    let here = belongs(&expect_context::<Rendering>().address.path, href);
    view! { <Link href=href here=here symbol=symbol label=label /> }
}

#[component]
fn Link(
    #[prop(into)] href: String,
    here: bool,
    symbol: Symbol,
    label: &'static str,
) -> impl IntoView {
    let colours = if here {
        tw("bg-accent-soft text-accent-text font-semibold")
    } else {
        tw("text-muted font-medium hover:bg-sunken hover:text-text")
    };
    view! {
        <li>
            <a
                href=href
                aria-current=here.then_some("page")
                class=format!("{} {colours}", tw("flex items-center gap-2.5 px-2.5 py-1.75 rounded-control"))
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
