//! How the cluster is reached, and under which host name if by an ingress.

use domain::exposure::{ExposureKind, HostName};
use leptos::prelude::*;

use super::draft::Draft;
use crate::ui::{Choice, Field, Select, TextInput};

/// The host name's field is shown by the stylesheet while “Ingress host” is chosen, so it needs no script.
#[component]
pub fn ReachFields(
    exposures: Vec<ExposureKind>,
    ingress_domain: Option<String>,
    draft: RwSignal<Draft>,
    #[prop(into)] exposure_error: Signal<Option<String>>,
    #[prop(into)] host_error: Signal<Option<String>>,
) -> impl IntoView {
    let choices = exposures
        .iter()
        .map(|kind| Choice {
            value: kind.as_str().to_owned(),
            label: kind.title().to_owned(),
        })
        .collect();
    let chosen = draft.with_untracked(|draft| draft.exposure.clone());
    let hint = move || {
        draft
            .with(|draft| draft.exposure.parse::<ExposureKind>())
            .map(ExposureKind::hint)
            .ok()
    };
    let host = draft.with_untracked(|draft| draft.ingress_host.clone());
    let placeholder = {
        let domain = ingress_domain.clone();
        move || {
            let domain = domain.as_deref().unwrap_or("clusters.example.com");
            format!("payments-ci.{domain}")
        }
    };
    // What is typed is judged at once; what is not yet typed, when the form is sent.
    let host_error = Signal::derive(move || {
        let typed = draft.with(|draft| draft.ingress_host.trim().to_owned());
        if typed.is_empty() {
            host_error.get()
        } else {
            typed.parse::<HostName>().err().map(|error| error.message)
        }
    });
    view! {
        <Field id="exposure" label="Reached by" hint=move || hint error=exposure_error>
            <Select
                name="draft[exposure]"
                choices=choices
                chosen=chosen
                on:change=move |event| {
                    let value = event_target_value(&event);
                    draft.update(|draft| draft.exposure = value);
                }
            />
        </Field>
        <div class="only-with-ingress">
            <Field
                id="ingress-host"
                label="Host name"
                hint=move || {
                    ingress_domain
                        .map(|domain| format!("Any name below {domain} leads to the host's ingress already."))
                }
                error=host_error
            >
                <TextInput
                    name="draft[ingress_host]"
                    value=host
                    placeholder=placeholder()
                    on:input=move |event| {
                        let value = event_target_value(&event);
                        draft.update(|draft| draft.ingress_host = value);
                    }
                />
            </Field>
        </div>
    }
    .into_any()
}
