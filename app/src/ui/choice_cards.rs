//! A choice among a few cards: radio buttons, so that arrow keys and plain forms work.

use leptos::context::Provider;
use leptos::prelude::*;

use super::field::{FieldContext, FieldMessage};
use super::tw;
use crate::form::FormState;

/// A group of [`ChoiceCard`]s.
#[component]
pub fn ChoiceCards(
    form: FormState,
    /// The name of the field, as the core's errors name it.
    name: &'static str,
    legend: &'static str,
    #[prop(into)] cards: ViewFnOnce,
    #[prop(default = "grid gap-2.5 md:grid-cols-3")] layout: &'static str,
    #[prop(optional_no_strip)] error: Option<String>,
) -> impl IntoView {
    let error = form.error(name).or(error);
    let id = form.field_id(name);
    let context = FieldContext {
        id: id.clone(),
        control: form.control(name),
        invalid: error.is_some(),
        sent: None,
    };
    view! {
        <fieldset data-field=name>
            <legend class="font-semibold mb-1.5">{legend}</legend>
            <Provider value=context>
                <div class=layout>{cards.run()}</div>
            </Provider>
            <FieldMessage id=id error=error />
        </fieldset>
    }
    .into_any()
}

#[component]
pub fn ChoiceCard(
    #[prop(into)] value: String,
    checked: bool,
    /// For a choice of one word.
    #[prop(optional)]
    compact: bool,
    children: Children,
) -> impl IntoView {
    let field = expect_context::<FieldContext>();
    let class = if compact {
        tw("choice-card px-3.5 py-1.5 text-center tabular-nums")
    } else {
        "choice-card"
    };
    view! {
        <label class=class>
            <input
                type="radio"
                id=format!("{}-{value}", field.id)
                name=field.control
                value=value
                checked=checked
                class="sr-only"
                aria-describedby=format!("{}-message", field.id)
            />
            {children()}
        </label>
    }
    .into_any()
}
