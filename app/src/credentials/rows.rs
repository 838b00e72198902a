//! The credentials of a list.

use domain::credential::Credential;
use leptos::prelude::*;

use super::state::{StateOfCredential, accepted, place};
use crate::routes;
use crate::ui::{Badge, Cell, RelativeTime, Row, Tone};

/// One row for each.
#[component]
pub fn CredentialRows(credentials: Vec<Credential>) -> impl IntoView {
    credentials.into_iter().map(row).collect_view()
}

fn row(credential: Credential) -> impl IntoView {
    let place = place(&credential);
    let accepted = accepted(&credential);
    let used = match credential.last_used_at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => "never".into_any(),
    };
    let checked = credential.last_checked_at.map(|at| {
        view! {
            <small class="block text-faint">
                "checked " <RelativeTime at=at />
            </small>
        }
    });
    view! {
        <Row>
            <Cell>
                <a
                    href=routes::credential(&credential.tenant.slug, credential.id)
                    class="font-semibold break-words hover:text-accent-text"
                >
                    {credential.name}
                </a>
                <small class="block text-faint">
                    <code class="break-all">{credential.fingerprint}</code>
                </small>
            </Cell>
            <Cell>
                <StateOfCredential state=credential.state accepted=accepted />
                {checked}
            </Cell>
            <Cell>
                {credential.provider.title()}
                <small class="block text-faint break-words">{place}</small>
            </Cell>
            <Cell>
                {credential.chosen.then(|| view! { <Badge tone=Tone::Idle label="Default" /> })}
            </Cell>
            <Cell number=true wide_on_phone=true>
                <span class="text-muted whitespace-nowrap">
                    <span class="md:hidden">"used "</span>
                    {used}
                </span>
            </Cell>
        </Row>
    }
}
