//! The kinds of controls the form is made of, each bound to one field of the draft.

use leptos::prelude::*;

use super::state::OrderState;
use crate::ui::{Field, TextArea, TextInput, tw};

/// A line of text.
#[component]
pub fn Line(
    state: OrderState,
    /// The field of the draft.
    control: &'static str,
    /// The same as the form sends it.
    name: &'static str,
    id: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(optional)] placeholder: &'static str,
    /// Which keyboard a phone shows.
    #[prop(default = "text")]
    input_mode: &'static str,
) -> impl IntoView {
    view! {
        <Field id=id label=label hint=move || hint error=state.error(control) replace_hint=true>
            <TextInput
                name=name
                value=state.now(control)
                placeholder=placeholder
                attr:inputmode=input_mode
                on:input=move |event| state.set(control, event_target_value(&event))
            />
        </Field>
    }
    .into_any()
}

/// Several lines of text.
#[component]
pub fn Lines(
    state: OrderState,
    /// The field of the draft.
    control: &'static str,
    /// The same as the form sends it.
    name: &'static str,
    id: &'static str,
    label: &'static str,
    #[prop(optional, into)] hint: ViewFnOnce,
    #[prop(optional)] placeholder: &'static str,
    #[prop(default = 4)] rows: u32,
) -> impl IntoView {
    let value = state.value(control);
    view! {
        <Field id=id label=label hint=hint error=state.error(control)>
            <TextArea
                name=name
                value=state.now(control)
                placeholder=placeholder
                rows=rows
                prop:value=move || state.alive.get().then(|| value.get())
                on:input=move |event| state.set(control, event_target_value(&event))
            />
        </Field>
    }
    .into_any()
}

/// Radio buttons with a name, and the message that stands beside them.
#[component]
pub fn Choices(
    state: OrderState,
    /// The field of the draft.
    control: &'static str,
    /// Unique on the page; the message is at `{id}-message`.
    id: &'static str,
    legend: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset>
            <legend class="font-semibold mb-1.5">{legend}</legend>
            {children()}
            <p
                id=format!("{id}-message")
                aria-live="polite"
                class="text-small text-bad mt-1.5 empty:hidden"
            >
                {state.error(control)}
            </p>
        </fieldset>
    }
    .into_any()
}

/// One of several, as a card; the children explain it.
#[component]
pub fn ChoiceCard(
    state: OrderState,
    /// The field of the draft.
    control: &'static str,
    /// The same as the form sends it.
    name: &'static str,
    /// What it has when this one is chosen.
    #[prop(into)]
    value: String,
    /// Where its message stands.
    described_by: &'static str,
    /// As small as its word.
    #[prop(optional)]
    small: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let shape = if small {
        tw("choice-card px-3.5 py-1.5 text-center tabular-nums")
    } else {
        tw("choice-card")
    };
    let checked = state.now(control) == value;
    let chosen = {
        let (now, value) = (state.value(control), value.clone());
        move || state.alive.get().then(|| now.with(|now| *now == value))
    };
    let choose = {
        let value = value.clone();
        move |_| state.set(control, value.clone())
    };
    view! {
        <label class=shape class:is-disabled=disabled>
            <input
                type="radio"
                name=name
                value=value
                checked=checked
                prop:checked=chosen
                disabled=disabled
                class="sr-only"
                aria-describedby=described_by
                on:change=choose
            />
            {children()}
        </label>
    }
    .into_any()
}
