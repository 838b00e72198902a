//! The exposure, and the host name of an ingress.

use domain::exposure::{ExposureKind, HostName};
use leptos::prelude::*;

use super::draft::Draft;
use crate::form::FormState;
use crate::ui::{Choice, Field, Select, TextInput};

/// The stylesheet shows the field of the host name while “Ingress host” is chosen.
#[component]
pub fn ExposureFields(
    form: FormState,
    exposures: Vec<ExposureKind>,
    ingress_domain: Option<String>,
    draft: Draft,
) -> impl IntoView {
    let choices = exposures
        .iter()
        .map(|kind| Choice::new(kind.as_str(), kind.title()))
        .collect();
    let hint = draft
        .exposure
        .parse::<ExposureKind>()
        .map(ExposureKind::hint)
        .ok();
    let domain = ingress_domain.as_deref().unwrap_or("clusters.example.com");
    let placeholder = format!("payments-ci.{domain}");
    let host_hint = ingress_domain.map(|domain| {
        format!("Names below {domain} already resolve to the host cluster's ingress.")
    });
    let typed = draft.ingress_host.trim();
    let host_error = (!typed.is_empty())
        .then(|| typed.parse::<HostName>().err().map(|error| error.message))
        .flatten();
    view! {
        <Field form=form.clone() name="exposure" label="Exposure" hint=move || hint>
            <Select choices=choices chosen=draft.exposure.clone() />
        </Field>
        <div class="only-with-ingress">
            <Field form=form name="ingress_host" label="Host name" hint=move || host_hint error=host_error>
                <TextInput value=draft.ingress_host placeholder=placeholder />
            </Field>
        </div>
    }
}
