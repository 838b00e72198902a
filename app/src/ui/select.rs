//! A choice from a list: the browser's own, which every phone and screen reader knows how to show.

use leptos::prelude::*;

use super::field::FieldContext;

/// One option of a [`Select`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

/// Belongs inside of a [`Field`](super::Field).
#[component]
pub fn Select(
    name: &'static str,
    choices: Vec<Choice>,
    /// The value chosen at first.
    #[prop(into)]
    chosen: String,
) -> impl IntoView {
    let field = expect_context::<FieldContext>();
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! {
                <option value=choice.value selected=selected>
                    {choice.label}
                </option>
            }
        })
        .collect_view();
    view! {
        <select
            id=field.id
            name=name
            class="control"
            aria-describedby=field.described_by()
            aria-invalid=move || field.invalid.get().then_some("true")
        >
            {options}
        </select>
    }
}
