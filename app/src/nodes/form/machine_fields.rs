//! The machine: accelerator, location, price model, disk, image and commands.

use domain::node::catalogue::{AcceleratorSummary, Offer};
use domain::node::order::NodeOrderOptions;
use leptos::prelude::*;

use super::TextCard;
use super::accelerators::{counts, with_cards};
use super::draft::{Draft, OTHER};
use super::locations::{choices, is_in};
use crate::form::FormState;
use crate::nodes::quantity::{from_price, gib};
use crate::ui::{ChoiceCard, ChoiceCards, Field, Select, TextArea, TextInput, tw};

#[component]
pub fn MachineFields(
    form: FormState,
    options: NodeOrderOptions,
    draft: Draft,
    locations: Vec<Offer>,
) -> impl IntoView {
    let counts = counts(&options.accelerators, draft.accelerator_name());
    let counts = counts.iter().map(u32::to_string).collect();
    let location_choices = choices(&locations, &options, &draft);
    let location = draft.location.clone();
    let location_hint = || "If a location has no capacity, the next cheapest one is tried.";
    let setup_hint = || "Shell commands that run once, on the new machine. Stored as plain text: no passwords or keys.";
    let choices = view! {
        <AcceleratorField form=form.clone() accelerators=options.accelerators draft=draft.clone() />
        <CountField form=form.clone() counts=counts chosen=draft.count.clone() />
        <Field form=form.clone() name="location" label="Location" also=&["cloud", "region"] hint=location_hint>
            <Select choices=location_choices chosen=location />
        </Field>
        <SpotField form=form.clone() locations=locations draft=draft.clone() />
    };
    view! {
        {choices}
        <div class="grid gap-4.5 md:grid-cols-2 items-start">
            <Field form=form.clone() name="disk_gib" label="Disk in GiB" hint=|| "256 if empty.">
                <TextInput value=draft.disk_gib placeholder="256" attr:inputmode="numeric" />
            </Field>
            <Field
                form=form.clone()
                name="image"
                label="Image"
                hint=|| "A machine image of the cloud, or docker:IMAGE. If empty, SkyPilot's default image."
            >
                <TextInput value=draft.image placeholder="docker:nvcr.io/nvidia/pytorch:26.09-py3" />
            </Field>
        </div>
        <Field form=form.clone() name="setup" label="Setup commands" hint=setup_hint>
            <TextArea value=draft.setup placeholder="pip install -r requirements.txt" />
        </Field>
        <Field
            form=form
            name="run"
            label="Run commands"
            hint=|| "The first job, after the setup. If empty, the node waits for jobs and SSH sessions."
        >
            <TextArea value=draft.run placeholder="python train.py" />
        </Field>
    }
    .into_any()
}

/// Popular accelerators have cards; the stylesheet shows a text field for others while “Other” is chosen.
#[component]
fn AcceleratorField(
    form: FormState,
    accelerators: Vec<AcceleratorSummary>,
    draft: Draft,
) -> impl IntoView {
    let others = accelerators
        .iter()
        .map(|accelerator| {
            let (memory, price) = (memory(accelerator), from_price(accelerator.cheapest));
            view! { <option value=accelerator.name.clone()>{format!("{memory} · {price}")}</option> }
        })
        .collect_view();
    let cards = move || {
        let cards = with_cards(&accelerators).into_iter().cloned();
        let cards = cards.map(|accelerator| {
            let (memory, price) = (memory(&accelerator), from_price(accelerator.cheapest));
            let checked = draft.accelerator == accelerator.name;
            view! {
                <ChoiceCard value=accelerator.name.clone() checked=checked>
                    <b class="block font-semibold truncate">{accelerator.name}</b>
                    <small class="block text-muted">{memory}</small>
                    <small class="block mt-1 tabular-nums">{price}</small>
                </ChoiceCard>
            }
        });
        let is_other = draft.accelerator == OTHER;
        view! {
            {cards.collect_view()}
            <TextCard value=OTHER checked=is_other title="Other" text="Type a name." />
        }
    };
    view! {
        <ChoiceCards
            form=form.clone()
            name="accelerator"
            legend="Accelerator"
            cards=cards
            layout=tw("grid gap-2.5 grid-cols-2 md:grid-cols-3")
        />
        <div class="only-with-other-accelerator">
            <Field form=form name="other_accelerator" label="Accelerator name">
                <TextInput value=draft.other_accelerator placeholder="RTX6000" attr:list="accelerators" />
            </Field>
            <datalist id="accelerators">{others}</datalist>
        </div>
    }
    .into_any()
}

fn memory(accelerator: &AcceleratorSummary) -> String {
    let memory = accelerator.device_memory_gib;
    memory.map_or_else(
        || "memory unknown".to_owned(),
        |memory| format!("{} GiB", gib(memory)),
    )
}

#[component]
fn CountField(form: FormState, mut counts: Vec<String>, chosen: String) -> impl IntoView {
    if !counts.contains(&chosen) {
        counts.push(chosen.clone());
    }
    let cards = move || {
        let card = |count: String| {
            let checked = count == chosen;
            view! {
                <ChoiceCard value=count.clone() checked=checked compact=true>
                    {count}
                </ChoiceCard>
            }
        };
        counts.into_iter().map(card).collect_view()
    };
    let layout = tw("flex flex-wrap gap-2");
    view! { <ChoiceCards form=form name="count" legend="Number of accelerators" cards=cards layout=layout /> }
}

#[component]
fn SpotField(form: FormState, locations: Vec<Offer>, draft: Draft) -> impl IntoView {
    let cards = move || {
        let here = locations
            .iter()
            .filter(|offer| is_in(offer, &draft.location));
        let here: Vec<_> = here.collect();
        let card = |spot: bool, title, text| {
            let price = match here.iter().filter_map(|offer| offer.price(spot)).min() {
                _ if here.is_empty() => None,
                None if spot => Some("Not offered here".to_owned()),
                price => Some(from_price(price)),
            };
            let checked = draft.is_spot() == spot;
            view! { <TextCard value=spot.to_string() checked=checked title=title text=text price=price /> }
        };
        view! {
            {card(false, "On demand", "Runs until you delete it or its lifetime ends.")}
            {card(true, "Spot", "Cheaper, but the cloud can delete it at any time, including its disk.")}
        }
    };
    let layout = tw("grid gap-2.5 md:grid-cols-2");
    view! { <ChoiceCards form=form name="spot" legend="Price model" cards=cards layout=layout /> }
}
