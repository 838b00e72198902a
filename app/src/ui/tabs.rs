//! Parts of a page with addresses of their own: links, not buttons.

use leptos::prelude::*;

use super::tw;
use crate::page::Rendering;

#[derive(Clone, Debug)]
pub struct Tab {
    pub label: &'static str,
    pub href: String,
}

#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    let path = expect_context::<Rendering>().address.path;
    let path = path.trim_end_matches('/');
    let tab = |tab: Tab| {
        let here = path == tab.href;
        let colours = if here {
            tw("text-text border-accent")
        } else {
            tw("text-muted border-transparent hover:text-text")
        };
        view! {
            <a
                href=tab.href
                aria-current=here.then_some("page")
                class=format!("{} {colours}", tw("py-2 px-px -mb-px border-b-2 font-semibold whitespace-nowrap"))
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
