//! How it ends: by itself when nobody uses it, and in any case after a while. Nobody can forget it.

use domain::node::order::cannot_stop;
use leptos::prelude::*;

use super::controls::{ChoiceCard, Choices, Line};
use super::state::OrderState;
use crate::ordering::life_times;
use crate::ui::{Field, Select};

/// Idle minutes, what happens then, and the life time.
#[component]
pub fn EndFields(state: OrderState) -> impl IntoView {
    let why_not_stop = Memo::new(move |_| {
        state.draft.with(|draft| {
            if draft.is_own_task() {
                None
            } else {
                cannot_stop(draft.cloud_and_region().0, draft.is_spot())
            }
        })
    });
    // What cannot be chosen is not left chosen; the reason stands on its card.
    Effect::new(move || {
        if state.alive.get() && why_not_stop.get().is_some() && state.now("idle_action") == "stop" {
            state.set("idle_action", "take_down".to_owned());
        }
    });
    // A plain form that chose it is told beside the field instead.
    let disabled = Signal::derive(move || {
        why_not_stop.get().is_some() && (state.alive.get() || state.now("idle_action") != "stop")
    });
    let life_time = state.now("time_to_live_hours");
    view! {
        <Line
            state=state
            control="idle_minutes"
            name="draft[idle_minutes]"
            id="idle-minutes"
            label="Idle minutes until it stops by itself"
            hint="Idle means: no job runs and nobody is signed in by SSH. Empty: never."
            placeholder="never"
            input_mode="numeric"
        />
        <Choices state=state control="idle_action" id="idle-action" legend="What happens then">
            <div class="grid gap-2.5 md:grid-cols-2">
                <ChoiceCard
                    state=state
                    control="idle_action"
                    name="draft[idle_action]"
                    value="take_down"
                    described_by="idle-action-message"
                >
                    <b class="block font-semibold">"It is taken down"</b>
                    <small class="block text-muted">"With its disk. Nothing costs anything after that."</small>
                </ChoiceCard>
                <ChoiceCard
                    state=state
                    control="idle_action"
                    name="draft[idle_action]"
                    value="stop"
                    described_by="idle-action-message"
                    disabled=disabled
                >
                    <b class="block font-semibold">"It stops"</b>
                    <small class="block text-muted">
                        {move || {
                            why_not_stop
                                .get()
                                .unwrap_or("Its disk stays and costs a little, and it can be started again.")
                        }}
                    </small>
                </ChoiceCard>
            </div>
        </Choices>
        <Field
            id="time-to-live"
            label="Ends after"
            hint=|| "Then the portal takes it down, whatever it is doing."
            error=state.error("time_to_live_hours")
        >
            <Select
                name="draft[time_to_live_hours]"
                choices=life_times(&life_time, "Until I take it down")
                chosen=life_time
                on:change=move |event| state.set("time_to_live_hours", event_target_value(&event))
            />
        </Field>
    }
    .into_any()
}
