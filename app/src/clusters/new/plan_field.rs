//! The plan: a card each, with limits and price. Radio buttons, so that arrow keys and plain forms work.

use domain::plan::Plan;
use leptos::prelude::*;

use super::draft::Draft;

/// Three sizes are three cards; more wrap.
#[component]
pub fn PlanField(
    plans: Vec<Plan>,
    draft: RwSignal<Draft>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let chosen = draft.with_untracked(|draft| draft.plan.clone());
    let card = |plan: Plan| {
        let checked = plan.name == chosen;
        let name = plan.name.clone();
        view! {
            <label class="choice-card">
                <input
                    type="radio"
                    name="draft[plan]"
                    value=plan.name.clone()
                    checked=checked
                    class="sr-only"
                    aria-describedby="plan-message"
                    on:change=move |_| draft.update(|draft| draft.plan = name.clone())
                />
                <b class="block font-semibold">{plan.title.clone()}</b>
                <small class="block text-muted">{plan.limits()}</small>
                <small class="block text-muted">{format!("up to {} pods", plan.pods)}</small>
                <span class="block mt-2 font-semibold tabular-nums">
                    {format!("{}/h", plan.price_per_hour)}
                </span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="font-semibold mb-1.5">"Plan"</legend>
            <div class="grid gap-2.5 md:grid-cols-3">{plans.into_iter().map(card).collect_view()}</div>
            <p id="plan-message" aria-live="polite" class="text-small text-bad mt-1.5 empty:hidden">
                {error}
            </p>
        </fieldset>
    }
    .into_any()
}
