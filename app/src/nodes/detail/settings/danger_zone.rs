//! Taking the node down: what dies is listed and its name is typed.

use domain::node::view::Node;
use domain::problem::Problem;
use leptos::prelude::*;

use crate::nodes::detail::api::TakeDownNode;
use crate::ui::{Button, ButtonKind, Field, Icon, Symbol, TextInput, use_hydrated};

/// The form, which does nothing before the name is right.
#[component]
pub fn DangerZone(
    node: RwSignal<Node>,
    /// What was wrong with the plain form that led here.
    problem: Option<Problem>,
) -> impl IntoView {
    let first = StoredValue::new(problem);
    let (id, name) = node.with_untracked(|node| (node.id, node.name.to_string()));
    let take_down = ServerAction::<TakeDownNode>::new();
    let error = Signal::derive(move || match take_down.value().get() {
        Some(Err(refusal)) => {
            let confirmation = refusal.0.field("confirmation").map(str::to_owned);
            confirmation.or(Some(refusal.0.detail))
        }
        Some(Ok(())) => None,
        // What else was wrong with a plain form stands above the page or beside another field.
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
    let doomed = move || node.with(doomed);
    view! {
        <section
            aria-labelledby="danger"
            class="bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad">
                "Take this node down"
            </h2>
            <p class="mt-1">"It cannot be brought back. This goes with it:"</p>
            <ul class="prose-list mt-2 mb-4 text-muted">{doomed}</ul>
            <ActionForm action=take_down attr:class=crate::ui::tw("grid gap-3")>
                <input type="hidden" name="id" value=id.to_string() />
                <Field
                    id="confirmation"
                    label=format!("Type {name} to confirm")
                    error=error
                >
                    <TextInput
                        name="confirmation"
                        on:input=move |event| typed.set(event_target_value(&event))
                    />
                </Field>
                <div>
                    <Button kind=ButtonKind::Danger disabled=disabled>
                        <Icon symbol=Symbol::Trash size=16 />
                        {move || if pending.get() { "Taking down …" } else { "Take down for good" }}
                    </Button>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

/// What is lost, and what that ends.
fn doomed(node: &Node) -> impl IntoView + use<> {
    let machine = format!("{} ({})", node.spec.words(), node.machine);
    let cost = match node.cost.price_per_hour {
        Some(price) if node.cost.running => {
            format!(
                " of {price} an hour ends; until now it came to {}",
                node.cost.so_far
            )
        }
        _ => format!(" ends; until now it came to {}", node.cost.so_far),
    };
    view! {
        <li>
            <b class="text-text">"The machine"</b>
            ": "
            {machine}
        </li>
        <li>
            <b class="text-text">"Its disk"</b>
            ", with everything on it that was not copied elsewhere"
        </li>
        <li>
            <b class="text-text">"Its jobs"</b>
            ", running ones too, and "
            <b class="text-text">"their logs"</b>
        </li>
        <li>
            <b class="text-text">"Its cost"</b>
            {cost}
        </li>
    }
}
