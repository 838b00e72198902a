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
    let path = use_location().pathname;
    let item = move |href: &'static str, symbol: Symbol, label: &'static str| {
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
    };
    view! {
        <nav aria-label="Main">
            <ul class="grid gap-0.5">
                {item(routes::OVERVIEW, Symbol::Overview, "Overview")}
                {item(routes::CLUSTERS, Symbol::Cube, "Clusters")}
                {item(routes::NODES, Symbol::Chip, "Nodes")}
                {item(routes::ACCOUNT, Symbol::User, "Account")}
                {item(routes::API, Symbol::Book, "API reference")}
            </ul>
        </nav>
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
