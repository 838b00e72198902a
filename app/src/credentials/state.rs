//! How a credential is doing, in words and colours.

use domain::credential::{Credential, CredentialState};
use leptos::prelude::*;

use crate::ui::{Badge, Tone};

/// Usable, refused by its provider, or suspended.
#[component]
pub fn StateOfCredential(state: CredentialState, accepted: Option<bool>) -> impl IntoView {
    let (tone, label) = match (state, accepted) {
        (CredentialState::Suspended, _) => (Tone::Bad, "Suspended"),
        (CredentialState::Active, Some(false)) => (Tone::Bad, "Refused"),
        (CredentialState::Active, Some(true)) => (Tone::Ok, "Accepted"),
        (CredentialState::Active, None) => (Tone::Idle, "Not checked"),
    };
    view! { <Badge tone=tone label=label /> }
}

/// What came of the last check.
pub fn accepted(credential: &Credential) -> Option<bool> {
    credential.check.as_ref().map(|check| check.accepted)
}

/// “Vision team / dev”, “all environments”.
pub fn place(credential: &Credential) -> String {
    credential.environment.as_ref().map_or_else(
        || "all environments".to_owned(),
        |environment| environment.name.clone(),
    )
}
