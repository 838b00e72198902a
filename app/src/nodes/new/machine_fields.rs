//! The machine by its fields: accelerator, place, price model, disk, image and commands.

use domain::money::MicroDollars;
use domain::node::catalogue::AcceleratorSummary;
use leptos::prelude::*;

use super::accelerator_field::AcceleratorField;
use super::controls::{ChoiceCard, Choices, Line, Lines};
use super::count_field::CountField;
use super::location_field::LocationField;
use super::state::OrderState;
use crate::nodes::api::Place;
use crate::nodes::words::from_price;

/// Everything that a task of one's own says by itself.
#[component]
pub fn MachineFields(state: OrderState, accelerators: Vec<AcceleratorSummary>) -> impl IntoView {
    view! {
        <AcceleratorField state=state accelerators=accelerators.clone() />
        <CountField state=state accelerators=accelerators.clone() />
        <LocationField state=state accelerators=accelerators />
        <SpotField state=state />
        <div class="grid gap-4.5 md:grid-cols-2 items-start">
            <Line
                state=state
                control="disk_gib"
                name="draft[disk_gib]"
                id="disk-gib"
                label="Disk in GiB"
                hint="Without a number 256."
                placeholder="256"
                input_mode="numeric"
            />
            <Line
                state=state
                control="image"
                name="draft[image]"
                id="image"
                label="Image"
                hint="A machine image of the cloud, or docker:IMAGE. Without one SkyPilot's own."
                placeholder="docker:nvcr.io/nvidia/pytorch:26.09-py3"
            />
        </div>
        <Lines
            state=state
            control="setup"
            name="draft[setup]"
            id="setup"
            label="Set-up commands"
            hint=|| "Run once, when the machine is new. They are stored: no passwords or keys."
            placeholder="pip install -r requirements.txt"
        />
        <Lines
            state=state
            control="run"
            name="draft[run]"
            id="run"
            label="Commands to run"
            hint=|| "The first job, after the set-up. Without one the machine waits for you."
            placeholder="python train.py"
        />
    }
    .into_any()
}

/// On demand or spot, with what each means and costs.
#[component]
fn SpotField(state: OrderState) -> impl IntoView {
    let price = move |of: fn(&Place) -> Option<MicroDollars>| {
        let location = state.draft.with(|draft| draft.location.clone());
        state.quoted.with(|answer| {
            let places = &answer.said.as_ref().ok()?.places;
            let here: Vec<_> = places
                .iter()
                .filter(|place| is_at(place, &location))
                .collect();
            (!here.is_empty()).then(|| here.into_iter().filter_map(of).min())
        })
    };
    let on_demand = move || price(|place| place.price_per_hour).map(from_price);
    let spot = move || {
        price(|place| place.spot_price_per_hour).map(|price| match price {
            Some(_) => from_price(price),
            None => "not to be had there".to_owned(),
        })
    };
    view! {
        <Choices state=state control="spot" id="spot" legend="On demand or spot">
            <div class="grid gap-2.5 md:grid-cols-2">
                <ChoiceCard
                    state=state
                    control="spot"
                    name="draft[spot]"
                    value=""
                    described_by="spot-message"
                >
                    <b class="block font-semibold">"On demand"</b>
                    <small class="block text-muted">"Yours until it ends."</small>
                    <small class="block mt-1 tabular-nums min-h-5">{on_demand}</small>
                </ChoiceCard>
                <ChoiceCard
                    state=state
                    control="spot"
                    name="draft[spot]"
                    value="true"
                    described_by="spot-message"
                >
                    <b class="block font-semibold">"Spot"</b>
                    <small class="block text-muted">
                        "Cheaper, but the cloud may take it away at any moment, disk and all."
                    </small>
                    <small class="block mt-1 tabular-nums min-h-5">{spot}</small>
                </ChoiceCard>
            </div>
        </Choices>
    }
    .into_any()
}

/// Whether a place is what a location names: everywhere, a cloud, or a region.
fn is_at(place: &Place, location: &str) -> bool {
    match location.split_once('/') {
        None => location.is_empty() || place.cloud == location,
        Some((cloud, region)) => place.cloud == cloud && place.region == region,
    }
}
