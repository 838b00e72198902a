//! A line of text.

use leptos::prelude::*;

use super::field::FieldContext;

/// Belongs inside a [`Field`](super::Field). A secret is never sent back to the page.
#[component]
pub fn TextInput(
    /// The text, unless the form was sent with another one.
    #[prop(optional, into)]
    value: String,
    #[prop(default = "text")] r#type: &'static str,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] required: bool,
    #[prop(optional)] max_length: Option<u32>,
    /// The submit button of the form works only while the text is this one.
    #[prop(optional_no_strip)]
    confirms: Option<String>,
) -> impl IntoView {
    let field = expect_context::<FieldContext>();
    let described_by = field.described_by();
    let invalid = field.aria_invalid();
    let value = match field.sent {
        Some(sent) if r#type != "password" => sent,
        _ => value,
    };
    view! {
        <input
            id=field.id
            name=field.control
            type=r#type
            value=value
            placeholder=placeholder
            required=required
            maxlength=max_length
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            class="control"
            aria-describedby=described_by
            aria-invalid=invalid
            data-confirm=confirms
        />
    }
    .into_any()
}
