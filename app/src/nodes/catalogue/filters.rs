//! Filters by accelerator, cloud and count: a GET form, which sends itself where there is a script.

use domain::node::catalogue::{OfferPage, OfferQueryInput, cloud_title};
use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_navigate;

use super::address::{FILTERS, parameters, with_filter};
use crate::nodes::words::gib;
use crate::routes;
use crate::ui::{Button, Choice, tw, use_hydrated};

/// What there is to choose from comes with the page.
#[component]
pub fn Filters(page: OfferPage, input: OfferQueryInput) -> impl IntoView {
    let hydrated = use_hydrated();
    let kept = parameters(&input)
        .into_iter()
        .filter(|(name, value)| !FILTERS.contains(name) && *name != "page" && !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned() /> })
        .collect_view();
    let chosen = |value: &Option<String>| value.clone().unwrap_or_default();
    let selects = [
        (
            "accelerator",
            "Accelerator",
            accelerators(&page),
            chosen(&input.accelerator),
        ),
        ("cloud", "Cloud", clouds(&page), chosen(&input.cloud)),
        ("count", "How many", counts(&page), chosen(&input.count)),
    ]
    .map(|(name, label, choices, chosen)| {
        view! { <Filter name=name label=label choices=choices chosen=chosen input=input.clone() /> }
    })
    .into_iter()
    .collect_view();
    view! {
        <Form
            method="GET"
            action=routes::CATALOGUE
            noscroll=true
            attr:class=tw("flex flex-wrap items-center gap-2")
        >
            {kept}
            {selects}
            <span hidden=hydrated>
                <Button>"Filter"</Button>
            </span>
        </Form>
    }
    .into_any()
}

#[component]
fn Filter(
    name: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
    chosen: String,
    input: OfferQueryInput,
) -> impl IntoView {
    let navigate = use_navigate();
    let go = move |event| {
        let address = with_filter(&input, name, &event_target_value(&event));
        navigate(
            &address,
            leptos_router::NavigateOptions {
                scroll: false,
                ..Default::default()
            },
        );
    };
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! {
                <option value=choice.value selected=selected>
                    {choice.label}
                </option>
            }
        })
        .collect_view();
    let id = format!("filter-{name}");
    view! {
        <div>
            <label for=id.clone() class="sr-only">
                {label}
            </label>
            <select id=id name=name class="control" on:change=go>
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn choices(any: &str, found: impl Iterator<Item = (String, String)>) -> Vec<Choice> {
    let any = Choice {
        value: String::new(),
        label: any.to_owned(),
    };
    std::iter::once(any)
        .chain(found.map(|(value, label)| Choice { value, label }))
        .collect()
}

fn accelerators(page: &OfferPage) -> Vec<Choice> {
    let found = page.accelerators.iter().map(|accelerator| {
        let label = match accelerator.device_memory_gib {
            Some(memory) => format!("{} · {} GiB", accelerator.name, gib(memory)),
            None => accelerator.name.clone(),
        };
        (accelerator.name.clone(), label)
    });
    choices("Any accelerator", found)
}

fn clouds(page: &OfferPage) -> Vec<Choice> {
    let found = page
        .clouds
        .iter()
        .map(|cloud| (cloud.clone(), cloud_title(cloud)));
    choices("Any cloud", found)
}

fn counts(page: &OfferPage) -> Vec<Choice> {
    let mut counts: Vec<u32> = page
        .accelerators
        .iter()
        .flat_map(|accelerator| accelerator.counts.iter().copied())
        .collect();
    counts.sort_unstable();
    counts.dedup();
    let found = counts
        .iter()
        .map(|count| (count.to_string(), format!("{count} of them")));
    choices("Any number", found)
}
