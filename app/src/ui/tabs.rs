//! The parts of a page that each have an address: links, not buttons.

use leptos::prelude::*;

use super::tw;

/// One part.
#[derive(Clone, Debug)]
pub struct Tab {
    /// What it is called.
    pub label: &'static str,
    /// Where it is.
    pub href: String,
}

/// A row of links of which one is where we are.
#[component]
pub fn Tabs(
    #[prop(into)] label: String,
    tabs: Vec<Tab>,
    /// The path we are at.
    #[prop(into)]
    current: Signal<String>,
) -> impl IntoView {
    let tab = move |tab: Tab| {
        let href = tab.href.clone();
        let here = Memo::new(move |_| current.get().trim_end_matches('/') == href);
        view! {
            <a
                href=tab.href
                aria-current=move || here.get().then_some("page")
                class=move || {
                    let colours = if here.get() {
                        tw("text-text border-accent")
                    } else {
                        tw("text-muted border-transparent hover:text-text")
                    };
                    format!("{} {colours}", tw("py-2 px-px -mb-px border-b-2 font-semibold whitespace-nowrap"))
                }
            >
                {tab.label}
            </a>
        }
    };
    view! {
        <nav aria-label=label class="flex gap-3.5 md:gap-5 border-b border-line mb-4.5 overflow-x-auto">
            {tabs.into_iter().map(tab).collect_view()}
        </nav>
    }
    .into_any()
}
