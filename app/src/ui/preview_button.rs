//! Buttons that show the form again, with what is typed, without sending it.

use leptos::prelude::*;

use super::tw;
use crate::form::FormState;
use crate::form::submit::PREVIEW;

/// For browsers without scripts; with scripts the form is previewed as the user types.
#[component]
pub fn PreviewButton(
    form: FormState,
    #[prop(default = "Update this summary")] label: &'static str,
) -> impl IntoView {
    view! {
        <button
            formaction=format!("{}?{PREVIEW}", form.action())
            formnovalidate=true
            class="without-script w-full mt-2 link"
        >
            {label}
        </button>
    }
}

/// Puts a value into a field.
#[component]
pub fn FillButton(
    form: FormState,
    field: &'static str,
    #[prop(into)] value: String,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            formaction=format!("{}?{PREVIEW}", form.action())
            formnovalidate=true
            name=form.control(field)
            value=value
            class=tw("link")
        >
            {children()}
        </button>
    }
    .into_any()
}
