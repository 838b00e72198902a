//! A choice from a list: the browser's own control, which every phone and screen reader supports.

use leptos::prelude::*;

use super::field::FieldContext;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// The heading above it.
    pub group: Option<String>,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            group: None,
        }
    }
}

/// Belongs inside a [`Field`](super::Field). Choices of one group follow each other.
#[component]
pub fn Select(
    choices: Vec<Choice>,
    /// The choice, unless the form was sent with another one.
    #[prop(into)]
    chosen: String,
) -> impl IntoView {
    let field = expect_context::<FieldContext>();
    let described_by = field.described_by();
    let invalid = field.aria_invalid();
    let chosen = field.sent.unwrap_or(chosen);
    let option = |choice: &Choice| {
        view! {
            <option value=choice.value.clone() selected=choice.value == chosen>
                {choice.label.clone()}
            </option>
        }
    };
    let groups = choices
        .chunk_by(|one, next| one.group == next.group)
        .map(|choices| {
            let options = choices.iter().map(option).collect_view();
            match &choices[0].group {
                Some(group) => {
                    view! { <optgroup label=group.clone()>{options}</optgroup> }.into_any()
                }
                None => options.into_any(),
            }
        });
    view! {
        <select
            id=field.id
            name=field.control
            class="control"
            aria-describedby=described_by
            aria-invalid=invalid
        >
            {groups.collect_view()}
        </select>
    }
    .into_any()
}
