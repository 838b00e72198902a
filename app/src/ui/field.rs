//! A form field: label, hint and the message that stands beside what caused it.

use leptos::context::Provider;
use leptos::prelude::*;

/// What a control inside of a [`Field`] has to know about it.
#[derive(Clone, Copy)]
pub(super) struct FieldContext {
    pub id: &'static str,
    pub invalid: Signal<bool>,
}

impl FieldContext {
    pub fn described_by(self) -> String {
        let id = self.id;
        format!("{id}-hint {id}-message")
    }
}

/// Wraps one control, which finds its id and its message here.
#[component]
pub fn Field(
    /// Unique on the page; the control gets it.
    id: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: ViewFnOnce,
    /// What is wrong, in words that help.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// What is right, where that is worth saying.
    #[prop(optional, into)]
    ok: Signal<Option<String>>,
    /// The message takes the hint's place, so that nothing jumps while typing.
    #[prop(optional)]
    replace_hint: bool,
    children: TypedChildren<impl IntoView + 'static>,
) -> impl IntoView {
    let context = FieldContext {
        id,
        invalid: Signal::derive(move || error.with(Option::is_some)),
    };
    let says_something = move || error.with(Option::is_some) || ok.with(Option::is_some);
    let children = children.into_inner();
    view! {
        <div class="grid gap-1.5">
            <label for=id class="font-semibold">
                {label}
            </label>
            <Provider value=context>{children()}</Provider>
            <div
                id=format!("{id}-hint")
                class="text-small text-muted empty:hidden"
                hidden=move || replace_hint && says_something()
            >
                {hint.run()}
            </div>
            <FieldMessage id error ok />
        </div>
    }
    .into_any()
}

/// The message of a field or of a group of controls, at the address `{id}-message`.
#[component]
pub(super) fn FieldMessage(
    id: &'static str,
    error: Signal<Option<String>>,
    ok: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div
            id=format!("{id}-message")
            aria-live="polite"
            class="text-small empty:hidden"
        >
            {move || match (error.get(), ok.get()) {
                (Some(message), _) => {
                    Some(view! { <span class="text-bad" data-state="error">{message}</span> }.into_any())
                }
                (None, Some(message)) => {
                    Some(view! { <span class="text-ok" data-state="ok">"✓ " {message}</span> }.into_any())
                }
                (None, None) => None,
            }}
        </div>
    }
    .into_any()
}
