//! The links to the portal's parts.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

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
pub fn Navigation() -> impl IntoView {
    view! {
        <nav aria-label="Main">
            <ul class="grid gap-0.5">
                <Item href=routes::OVERVIEW symbol=Symbol::Overview label="Overview" />
                <Item href=routes::CLUSTERS symbol=Symbol::Cube label="Clusters" />
                <Item href=routes::NODES symbol=Symbol::Chip label="Nodes" />
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
                <Item href=routes::ORPHANS symbol=Symbol::Alert label="Orphans" />
            </ul>
        </nav>
    }
    .into_any()
}

#[component]
fn Item(href: &'static str, symbol: Symbol, label: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let here = Memo::new(move |_| belongs(&path.get(), href));
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
