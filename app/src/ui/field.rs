//! A form field: label, hint, and the message beside what caused it.

use leptos::context::Provider;
use leptos::prelude::*;

use crate::form::FormState;

/// For the control inside a [`Field`].
#[derive(Clone)]
pub(super) struct FieldContext {
    pub id: String,
    /// The name of the control.
    pub control: String,
    pub invalid: bool,
    /// The submitted value, if the form was submitted.
    pub sent: Option<String>,
}

impl FieldContext {
    pub fn described_by(&self) -> String {
        format!("{0}-hint {0}-message", self.id)
    }

    pub fn aria_invalid(&self) -> Option<&'static str> {
        self.invalid.then_some("true")
    }
}

/// Wraps one control, which takes its id, its name and what was typed from here.
#[component]
pub fn Field(
    form: FormState,
    /// The name of the field, as the core's errors name it.
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: ViewFnOnce,
    /// The message of the page; one of the form's problem replaces it.
    #[prop(optional_no_strip)]
    error: Option<String>,
    #[prop(optional_no_strip)] ok: Option<String>,
    /// Other names under which errors about this control come.
    #[prop(optional)]
    also: &'static [&'static str],
    children: TypedChildren<impl IntoView + 'static>,
) -> impl IntoView {
    let names = [name].into_iter().chain(also.iter().copied());
    // Reading a message marks it as shown, so every name is read.
    let errors: Vec<_> = names.filter_map(|name| form.error(name)).collect();
    let error = errors.into_iter().next().or(error);
    let id = form.field_id(name);
    let context = FieldContext {
        id: id.clone(),
        control: form.control(name),
        invalid: error.is_some(),
        sent: form.sent(name).map(str::to_owned),
    };
    let children = children.into_inner();
    view! {
        <div class="grid gap-1.5" data-field=name>
            <label for=id.clone() class="font-semibold">
                {label}
            </label>
            <Provider value=context>{children()}</Provider>
            <div id=format!("{id}-hint") class="text-small text-muted empty:hidden">
                {hint.run()}
            </div>
            <FieldMessage id=id error=error ok=ok />
        </div>
    }
    .into_any()
}

/// The message of a field or of a group of controls, in the element `{id}-message`.
#[component]
pub fn FieldMessage(
    id: String,
    error: Option<String>,
    #[prop(optional_no_strip)] ok: Option<String>,
) -> impl IntoView {
    let message = match (error, ok) {
        (Some(message), _) => {
            Some(view! { <span class="text-bad" data-state="error">{message}</span> }.into_any())
        }
        (None, Some(message)) => {
            Some(view! { <span class="text-ok" data-state="ok">"✓ " {message}</span> }.into_any())
        }
        (None, None) => None,
    };
    view! {
        <div id=format!("{id}-message") aria-live="polite" class="text-small empty:hidden">
            {message}
        </div>
    }
    .into_any()
}
