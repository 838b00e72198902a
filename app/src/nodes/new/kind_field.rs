//! By the form's fields, or by a SkyPilot task of one's own. The stylesheet shows the one that is chosen, so it needs no
//! script.

use leptos::prelude::*;

use super::controls::{ChoiceCard, Choices};
use super::draft::OWN_TASK;
use super::state::OrderState;

/// The switch between both.
#[component]
pub fn KindField(state: OrderState) -> impl IntoView {
    view! {
        <Choices state=state control="kind" id="kind" legend="What to launch">
            <div class="grid gap-2.5 md:grid-cols-2">
                <ChoiceCard
                    state=state
                    control="kind"
                    name="draft[kind]"
                    value=""
                    described_by="kind-message"
                >
                    <b class="block font-semibold">"A machine"</b>
                    <small class="block text-muted">"Choose accelerator, place and commands here."</small>
                </ChoiceCard>
                <ChoiceCard
                    state=state
                    control="kind"
                    name="draft[kind]"
                    value=OWN_TASK
                    described_by="kind-message"
                >
                    <b class="block font-semibold">"Own task"</b>
                    <small class="block text-muted">"Paste the YAML of a SkyPilot task."</small>
                </ChoiceCard>
            </div>
        </Choices>
    }
    .into_any()
}
