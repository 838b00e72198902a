//! The fields of a provider's credential.

use domain::credential::{Provider, SecretField, SecretFieldKind};
use leptos::prelude::*;

use crate::form::FormState;
use crate::ui::{Field, TextArea, TextInput};

/// One control for each field of the provider: a member of the function's argument `fields`.
#[component]
pub fn SecretFields(form: FormState, provider: Provider) -> impl IntoView {
    // The script keeps secrets in their controls.
    let lost = form.was_sent().then(|| {
        view! {
            <p class="without-script text-busy" data-testid="secrets-lost">
                "Enter the secrets again: without JavaScript they are not kept on this page."
            </p>
        }
    });
    let form = form.grouped("fields");
    let control = |field| control(field, form.clone());
    view! {
        {lost}
        {provider.fields().into_iter().map(control).collect_view()}
    }
    .into_any()
}

fn control(field: SecretField, form: FormState) -> impl IntoView {
    let SecretField {
        name,
        label,
        hint,
        kind,
        optional,
    } = field;
    let label = match optional {
        true => format!("{label} (optional)"),
        false => label.to_owned(),
    };
    let control = match kind {
        SecretFieldKind::Plain => (|| view! { <TextInput /> }.into_any()) as fn() -> AnyView,
        SecretFieldKind::Secret => || view! { <TextInput r#type="password" /> }.into_any(),
        SecretFieldKind::SecretLines => || view! { <TextArea secret=true rows=10 /> }.into_any(),
    };
    view! {
        <Field form=form name=name label=label hint=move || hint>
            {control()}
        </Field>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::form::{Outcome, Submission};
    use crate::page::{Rendering, render};

    fn rendered(provider: Provider, sent: &[(&str, &str)]) -> String {
        let sent = sent
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let fields: Vec<_> = sent.collect();
        let submission = Submission::new("/rpc/create", "", fields, Outcome::Preview);
        let address = Address::default();
        let form = FormState::new("/rpc/create", address.clone(), Some(submission));
        let rendering = Rendering {
            address,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        render(
            rendering,
            move || view! { <SecretFields form=form provider=provider /> },
        )
    }

    #[test]
    fn every_field_has_a_control_and_no_secret_comes_back() {
        for provider in Provider::ALL {
            for field in provider.fields() {
                let name = format!("fields[{}]", field.name);
                let html = rendered(provider, &[(&name, "planted")]);
                let control = html
                    .split('<')
                    .find(|tag| tag.contains(&format!("name=\"{name}\"")))
                    .unwrap_or_default();
                let is_secret = field.kind != SecretFieldKind::Plain;
                assert_eq!(html.contains("planted"), !is_secret, "{name}");
                let marked =
                    control.contains("type=\"password\"") || control.contains("data-secret");
                assert_eq!(marked, is_secret, "{name}");
                assert!(control.contains("autocomplete=\"off\""), "{name}");
            }
        }
    }
}
