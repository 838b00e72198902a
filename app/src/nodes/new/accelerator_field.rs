//! The accelerator: a card each for what most people ask for, and a field that knows all the others.

use domain::node::catalogue::AcceleratorSummary;
use leptos::prelude::*;

use super::cards::with_cards;
use super::controls::{ChoiceCard, Choices};
use super::state::OrderState;
use crate::nodes::words::{from_price, gib};

/// The field for others is shown by the stylesheet while “Another” is chosen.
#[component]
pub fn AcceleratorField(state: OrderState, accelerators: Vec<AcceleratorSummary>) -> impl IntoView {
    let cards = with_cards(&accelerators)
        .into_iter()
        .map(|accelerator| {
            view! {
                <ChoiceCard
                    state=state
                    control="accelerator"
                    name="draft[accelerator]"
                    value=accelerator.name.clone()
                    described_by="accelerator-message"
                >
                    <b class="block font-semibold truncate">{accelerator.name.clone()}</b>
                    <small class="block text-muted">{memory(&accelerator)}</small>
                    <small class="block mt-1 tabular-nums">{from_price(accelerator.cheapest)}</small>
                </ChoiceCard>
            }
        })
        .collect_view();
    let others = accelerators
        .into_iter()
        .map(|accelerator| {
            let about = format!(
                "{} · {}",
                memory(&accelerator),
                from_price(accelerator.cheapest)
            );
            view! { <option value=accelerator.name>{about}</option> }
        })
        .collect_view();
    let typed = state.now("other_accelerator");
    let invalid = state.error("accelerator");
    view! {
        <Choices state=state control="accelerator" id="accelerator" legend="Accelerator">
            <div class="grid gap-2.5 grid-cols-2 md:grid-cols-3">
                {cards}
                <Another state=state />
            </div>
            <div class="only-with-another mt-2.5">
                <label for="other-accelerator" class="block mb-1.5">
                    "Its name"
                </label>
                <input
                    id="other-accelerator"
                    name="draft[other_accelerator]"
                    list="accelerators"
                    value=typed
                    placeholder="RTX6000"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    class="control"
                    aria-describedby="accelerator-message"
                    aria-invalid=move || invalid.with(Option::is_some).then_some("true")
                    on:input=move |event| {
                        state.set("other_accelerator", event_target_value(&event));
                    }
                />
                <datalist id="accelerators">{others}</datalist>
            </div>
        </Choices>
    }
    .into_any()
}

/// Chosen at first only when something is typed: nobody is led to what costs money by a default.
#[component]
fn Another(state: OrderState) -> impl IntoView {
    let checked = !state.now("other_accelerator").is_empty();
    view! {
        <label class="choice-card">
            <input
                type="radio"
                name="draft[accelerator]"
                value=""
                checked=checked
                data-another="true"
                class="sr-only"
                aria-describedby="accelerator-message"
                on:change=move |_| state.set("accelerator", String::new())
            />
            <b class="block font-semibold">"Another"</b>
            <small class="block text-muted">"Type its name."</small>
        </label>
    }
    .into_any()
}

fn memory(accelerator: &AcceleratorSummary) -> String {
    accelerator.device_memory_gib.map_or_else(
        || "memory not known".to_owned(),
        |memory| format!("{} GiB", gib(memory)),
    )
}
