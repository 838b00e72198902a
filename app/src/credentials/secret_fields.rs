//! The fields of a provider's form.

use std::collections::BTreeMap;

use domain::credential::{Provider, SecretField, SecretFieldKind};
use leptos::prelude::*;

use crate::plain_form::FormState;
use crate::ui::{Field, TextArea, TextInput};

/// One control for each field of the provider, named `{prefix}[field]`. Secrets are never filled in.
#[component]
pub fn SecretFields(
    provider: Provider,
    /// What the form calls the map of fields.
    prefix: &'static str,
    /// What was typed into plain fields before.
    typed: BTreeMap<String, String>,
    state: FormState,
) -> impl IntoView {
    provider
        .fields()
        .into_iter()
        .map(|field| {
            let value = typed.get(field.name).cloned().unwrap_or_default();
            control(field, prefix, value, state)
        })
        .collect_view()
}

fn control(
    field: SecretField,
    prefix: &str,
    value: String,
    state: FormState,
) -> impl IntoView + use<> {
    let SecretField {
        name, label, hint, ..
    } = field;
    let error = state.error(name);
    let label = if field.optional {
        format!("{label} (optional)")
    } else {
        label.to_owned()
    };
    let control_name = format!("{prefix}[{name}]");
    let control = move || match field.kind {
        SecretFieldKind::Plain => view! { <TextInput name=control_name value=value /> }.into_any(),
        SecretFieldKind::Secret => {
            view! { <TextInput name=control_name r#type="password" /> }.into_any()
        }
        SecretFieldKind::SecretLines => view! { <TextArea name=control_name rows=10 /> }.into_any(),
    };
    view! {
        <Field id=name label=label hint=move || hint error=error>
            {control()}
        </Field>
    }
}
