//! The state of a credential.

use domain::credential::{Credential, CredentialState};
use leptos::prelude::*;

use crate::ui::{Badge, Tone};

#[component]
pub fn CredentialBadge(
    state: CredentialState,
    /// The result of the last check.
    accepted: Option<bool>,
) -> impl IntoView {
    let (tone, label) = match (state, accepted) {
        (CredentialState::Suspended, _) => (Tone::Bad, "Suspended"),
        (CredentialState::Active, Some(false)) => (Tone::Bad, "Rejected"),
        (CredentialState::Active, Some(true)) => (Tone::Ok, "Accepted"),
        (CredentialState::Active, None) => (Tone::Idle, "Not checked"),
    };
    view! { <Badge tone=tone label=label /> }
}

/// The result of the last check.
pub fn accepted(credential: &Credential) -> Option<bool> {
    credential.check.as_ref().map(|check| check.accepted)
}

/// “dev”, “all environments”.
pub fn scope(credential: &Credential) -> String {
    credential.environment.as_ref().map_or_else(
        || "all environments".to_owned(),
        |environment| environment.name.clone(),
    )
}
