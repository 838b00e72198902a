//! The plan: one card each, with limits and price.

use domain::plan::Plan;
use leptos::prelude::*;

use crate::form::FormState;
use crate::ui::{ChoiceCard, ChoiceCards};

#[component]
pub fn PlanField(form: FormState, plans: Vec<Plan>, chosen: String) -> impl IntoView {
    let card = move |plan: Plan| {
        let checked = plan.name == chosen;
        view! {
            <ChoiceCard value=plan.name.clone() checked=checked>
                <b class="block font-semibold">{plan.title.clone()}</b>
                <small class="block text-muted">{plan.limits()}</small>
                <small class="block text-muted">{format!("up to {} pods", plan.pods)}</small>
                <span class="block mt-2 font-semibold tabular-nums">
                    {format!("{}/h", plan.price_per_hour)}
                </span>
            </ChoiceCard>
        }
    };
    let cards = move || plans.into_iter().map(card).collect_view();
    view! { <ChoiceCards form=form name="plan" legend="Plan" cards=cards /> }
}
