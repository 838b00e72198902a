//! The name, checked as the user types.

use domain::order::NameCheck;
use leptos::prelude::*;

use crate::form::FormState;
use crate::ui::{Field, FillButton, TextInput};

#[component]
pub fn NameField(form: FormState, name: String, check: Option<NameCheck>) -> impl IntoView {
    let (ok, error, suggestion) = match check {
        None => (None, None, None),
        Some(NameCheck::Free) => (Some(format!("{name} is available")), None, None),
        Some(NameCheck::Invalid(rule)) => (None, Some(rule), None),
        Some(NameCheck::Taken { suggestion }) => {
            let error = "This name is already in use. Choose another name.".to_owned();
            (None, Some(error), suggestion)
        }
    };
    view! {
        <Field
            form=form.clone()
            name="name"
            label="Name"
            hint=|| "Lowercase letters, digits and hyphens. It becomes part of host names."
            error=error
            ok=ok
        >
            <TextInput value=name placeholder="payments-ci" required=true />
        </Field>
        {suggestion
            .map(|suggestion| {
                view! {
                    <p class="text-small -mt-3">
                        <FillButton form=form field="name" value=suggestion.clone()>
                            "Use "
                            {suggestion}
                        </FillButton>
                    </p>
                }
            })}
    }
}
