//! Taking down a machine that nobody ordered here: its name is typed.

use domain::problem::Problem;
use leptos::prelude::*;

use super::api::TakeDownOrphan;
use crate::routes;
use crate::ui::{Button, ButtonKind, Field, Icon, LinkButton, Symbol, TextInput, use_hydrated};

/// The form, which does nothing before the name is right.
#[component]
pub fn TakeDown(
    /// Its name.
    machine: String,
    take_down: ServerAction<TakeDownOrphan>,
    /// What was wrong with the plain form that led here.
    problem: Option<Problem>,
) -> impl IntoView {
    let first = StoredValue::new(problem);
    let name = machine;
    let error = Signal::derive(move || match take_down.value().get() {
        Some(Err(refusal)) => {
            let confirmation = refusal.0.field("confirmation").map(str::to_owned);
            confirmation.or(Some(refusal.0.detail))
        }
        Some(Ok(())) => None,
        None => first
            .get_value()
            .and_then(|problem| problem.field("confirmation").map(str::to_owned)),
    });
    let typed = RwSignal::new(String::new());
    let hydrated = use_hydrated();
    let matches = {
        let name = name.clone();
        move || typed.with(|typed| typed.trim() == name)
    };
    let pending = take_down.pending();
    let disabled = Signal::derive(move || hydrated.get() && (!matches() || pending.get()));
    view! {
        <section
            aria-labelledby="danger"
            class="max-w-180 mb-4 bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad break-words">
                {format!("Take down {name}")}
            </h2>
            <p class="mt-1 mb-4">
                "Its machine and its disk go, with everything on them and every job that runs. \
                 Whoever launched it without the portal is not asked."
            </p>
            <ActionForm action=take_down attr:class=crate::ui::tw("grid gap-3")>
                <input type="hidden" name="machine" value=name.clone() />
                <Field id="confirmation" label=format!("Type {name} to confirm") error=error>
                    <TextInput
                        name="confirmation"
                        on:input=move |event| typed.set(event_target_value(&event))
                    />
                </Field>
                <div class="flex flex-wrap gap-2">
                    <Button kind=ButtonKind::Danger disabled=disabled>
                        <Icon symbol=Symbol::Trash size=16 />
                        {move || if pending.get() { "Taking down …" } else { "Take down for good" }}
                    </Button>
                    <LinkButton kind=ButtonKind::Quiet href=routes::ORPHANS>
                        "Leave it"
                    </LinkButton>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}
