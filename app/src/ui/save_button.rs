//! The button of a form that changes something in place.

use leptos::prelude::*;

use super::Button;
use crate::form::FormState;

/// Says “Saved.” once the form's function has succeeded.
#[component]
pub fn SaveButton(form: FormState, #[prop(default = "Save")] label: &'static str) -> impl IntoView {
    let saved = form.was_answered();
    view! {
        <div class="flex items-center gap-3">
            <Button>{label}</Button>
            <span class="text-ok" role="status" data-state=saved.then_some("saved")>
                {saved.then_some("Saved.")}
            </span>
        </div>
    }
    .into_any()
}
