//! Search and filters above a list: a plain GET form and plain links, so that the address holds the state. The script
//! searches as the user types.

use leptos::prelude::*;

use super::{Button, Choice, Icon, Symbol, tw};
use crate::page::Rendering;

/// A search box. A new search keeps the other parameters of the address.
#[component]
pub fn SearchBar(
    /// The parameter's name.
    #[prop(default = "search")]
    name: &'static str,
    #[prop(into)] label: String,
    /// The parameters of the [`FilterSelect`]s in `children`.
    #[prop(optional)]
    filters: &'static [&'static str],
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let kept = address
        .kept_without(filters)
        .into_iter()
        .filter(|(kept, _)| kept != name);
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <form
            method="get"
            action=address.path.clone()
            role="search"
            data-search=""
            class="flex-1 min-w-60 flex flex-wrap items-center gap-2"
        >
            {kept.collect_view()}
            <label class="relative block flex-1 min-w-60">
                <span class="sr-only">{label.clone()}</span>
                <span class="absolute left-2.5 top-2.5 text-faint">
                    <Icon symbol=Symbol::Search size=15 />
                </span>
                <input
                    type="search"
                    id="search"
                    name=name
                    value=address.get(name).unwrap_or_default().to_owned()
                    placeholder=label
                    autocomplete="off"
                    class="control pl-8"
                />
            </label>
            {children
                .map(|children| {
                    view! {
                        {children()}
                        <span class="without-script">
                            <Button>"Apply filters"</Button>
                        </span>
                    }
                })}
        </form>
    }
    .into_any()
}

/// A filter by one of many values, which applies as soon as one is chosen. Belongs inside a [`SearchBar`].
#[component]
pub fn FilterSelect(
    /// The parameter's name.
    name: &'static str,
    label: &'static str,
    /// The choice without a filter: "Any cloud".
    any: &'static str,
    choices: Vec<Choice>,
) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let chosen = address.get(name).unwrap_or_default();
    let options = std::iter::once(Choice::new("", any))
        .chain(choices)
        .map(|choice| {
            let selected = choice.value == chosen;
            view! {
                <option value=choice.value selected=selected>
                    {choice.label}
                </option>
            }
        });
    let id = format!("filter-{name}");
    view! {
        <div>
            <label for=id.clone() class="sr-only">
                {label}
            </label>
            <select id=id name=name class="control">
                {options.collect_view()}
            </select>
        </div>
    }
    .into_any()
}

/// A filter.
#[derive(Clone, Debug)]
pub struct Chip {
    pub label: &'static str,
    /// The number of rows behind it.
    pub count: Option<u64>,
    pub href: String,
    pub chosen: bool,
}

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
