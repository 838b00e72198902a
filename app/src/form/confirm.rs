//! A form that works once the name of what it changes is typed.

use leptos::prelude::*;

use super::{Form, FormState};
use crate::ui::{Button, ButtonKind, Field, Icon, Symbol, TextInput};

#[component]
pub fn ConfirmForm(
    form: FormState,
    /// The text to type.
    #[prop(into)]
    name: String,
    /// The label of the button.
    #[prop(into)]
    button: String,
    #[prop(default = Symbol::Trash)] symbol: Symbol,
    /// The id of the element that says why the form cannot be sent.
    #[prop(optional_no_strip)]
    blocked_by: Option<&'static str>,
    /// Beside the button.
    #[prop(optional, into)]
    cancel: ViewFnOnce,
    /// Hidden arguments of the function.
    children: Children,
) -> impl IntoView {
    let label = format!("Type {name} to confirm");
    // The script enables the button once the name is typed.
    let confirms = blocked_by.is_none().then_some(name);
    view! {
        <Form state=form.clone() class="grid gap-3">
            {children()}
            <Field form=form name="confirmation" label=label>
                <TextInput confirms=confirms />
            </Field>
            <div class="flex flex-wrap gap-2">
                <Button
                    kind=ButtonKind::Danger
                    disabled=blocked_by.is_some()
                    attr:aria-describedby=blocked_by
                >
                    <Icon symbol=symbol size=16 />
                    {button}
                </Button>
                {cancel.run()}
            </div>
        </Form>
    }
    .into_any()
}
