//! Search and filter above a list. A plain GET form and plain links, so that the address holds the state.

use std::time::Duration;

use leptos::ev;
use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::{Icon, Symbol, tw};

/// A search box; `keep` are the parameters of the address that a new search leaves as they are.
#[component]
pub fn SearchBar(
    #[prop(into)] action: String,
    /// The parameter's name.
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    #[prop(into)] keep: Signal<Vec<(&'static str, String)>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    // Searches while one types, a moment after the last key.
    let pending = StoredValue::new(None::<TimeoutHandle>);
    let submit_soon = move |_: ev::Event| {
        if let Some(earlier) = pending.get_value() {
            earlier.clear();
        }
        let submit = move || {
            let form = input.get_untracked().and_then(|input| input.form());
            if let Some(form) = form {
                // Refused only while the form is not valid, and then there is nothing to search for.
                let _ = form.request_submit();
            }
        };
        pending.set_value(set_timeout_with_handle(submit, Duration::from_millis(300)).ok());
    };
    view! {
        <Form
            method="GET"
            action=action
            replace=true
            noscroll=true
            attr:role="search"
            attr:class=tw("flex-1 min-w-60")
        >
            {move || {
                keep.get()
                    .into_iter()
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                    .collect_view()
            }}
            <label class="relative block">
                <span class="sr-only">{label.clone()}</span>
                <span class="absolute left-2.5 top-2.5 text-faint">
                    <Icon symbol=Symbol::Search size=15 />
                </span>
                <input
                    node_ref=input
                    type="search"
                    name=name
                    value=value
                    placeholder=label
                    autocomplete="off"
                    class="control pl-8"
                    on:input=submit_soon
                />
            </label>
        </Form>
    }
}

/// One filter with how many it would leave.
#[derive(Clone, Debug)]
pub struct Chip {
    /// What it shows.
    pub label: &'static str,
    /// How many there are, where that is known.
    pub count: Option<u64>,
    /// The address with this filter on.
    pub href: String,
    /// Whether it is on now.
    pub chosen: bool,
}

/// Filters of which one is on.
#[component]
pub fn Chips(#[prop(into)] label: String, chips: Vec<Chip>) -> impl IntoView {
    let chip = |chip: Chip| {
        let colours = if chip.chosen {
            tw("bg-accent-soft text-accent-text border-transparent font-medium")
        } else {
            tw("border-line text-muted hover:border-faint hover:text-text")
        };
        view! {
            <li>
                <a
                    href=chip.href
                    aria-current=chip.chosen.then_some("true")
                    class=format!(
                        "{} {colours}",
                        tw("inline-flex gap-1.5 border rounded-full px-2.5 py-0.5 text-small whitespace-nowrap"),
                    )
                >
                    {chip.label}
                    {chip.count.map(|count| view! { <span class="tabular-nums">{count}</span> })}
                </a>
            </li>
        }
    };
    view! {
        <ul aria-label=label class="flex flex-wrap gap-1.5">
            {chips.into_iter().map(chip).collect_view()}
        </ul>
    }
    .into_any()
}
