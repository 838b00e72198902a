//! A line of text.

use leptos::prelude::*;

use super::field::FieldContext;

/// Belongs inside of a [`Field`](super::Field). Events and further attributes go on the component.
#[component]
pub fn TextInput(
    #[prop(into)] name: String,
    /// The text at first.
    #[prop(optional, into)]
    value: String,
    #[prop(default = "text")] r#type: &'static str,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] required: bool,
    #[prop(optional)] max_length: Option<u32>,
) -> impl IntoView {
    let field = expect_context::<FieldContext>();
    view! {
        <input
            id=field.id
            name=name
            type=r#type
            value=value
            placeholder=placeholder
            required=required
            maxlength=max_length
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            class="control"
            aria-describedby=field.described_by()
            aria-invalid=move || field.invalid.get().then_some("true")
        />
    }
}
