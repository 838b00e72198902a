//! When the portal stops or deletes the node.

use domain::node::order::IdleAction;
use leptos::prelude::*;

use super::TextCard;
use super::draft::Draft;
use crate::form::FormState;
use crate::resource::form::lifetimes;
use crate::ui::{ChoiceCards, Field, Select, TextInput, tw};

#[component]
pub fn ExpiryFields(form: FormState, draft: Draft) -> impl IntoView {
    let lifetimes = lifetimes(&draft.time_to_live_hours);
    let stop = draft
        .why_not_stop()
        .unwrap_or("Keeps the disk, at a low price. You can start the node again.");
    let chosen = draft.idle_action;
    let cards = move || {
        let card = |action: IdleAction, title, text| {
            let value = action.as_str();
            view! { <TextCard value=value checked=chosen == value title=title text=text /> }
        };
        view! {
            {card(IdleAction::Delete, "Delete", "Deletes the node and its disk. There are no further costs.")}
            {card(IdleAction::Stop, "Stop", stop)}
        }
    };
    view! {
        <Field
            form=form.clone()
            name="idle_minutes"
            label="Idle timeout in minutes"
            hint=|| "A node is idle while no job runs and no SSH session is open. Leave empty to keep it running."
        >
            <TextInput value=draft.idle_minutes placeholder="never" attr:inputmode="numeric" />
        </Field>
        <ChoiceCards
            form=form.clone()
            name="idle_action"
            legend="Action when idle"
            cards=cards
            layout=tw("grid gap-2.5 md:grid-cols-2")
        />
        <Field
            form=form
            name="time_to_live_hours"
            label="Lifetime"
            hint=|| "The node and its disk are deleted when its lifetime ends, even while a job runs."
        >
            <Select choices=lifetimes chosen=draft.time_to_live_hours />
        </Field>
    }
    .into_any()
}
