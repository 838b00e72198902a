//! What may be shown of a credential.

use domain::credential::Credential;
use jiff::Timestamp;
use leptos::prelude::*;

use crate::ui::{Card, RelativeTime};

#[component]
pub fn CredentialFacts(credential: Credential) -> impl IntoView {
    let created = view! {
        {format!("by {} ", credential.created_by)}
        <RelativeTime at=credential.created_at />
    };
    let uses = match credential.uses {
        0 => "never used".to_owned(),
        1 => "once".to_owned(),
        uses => format!("{uses} times"),
    };
    let own = credential
        .facts
        .into_iter()
        .map(|own| fact(own.label, own.value.into_any()));
    let replaced = credential
        .replaced_at
        .map(|at| fact("Secret replaced", when(Some(at))));
    view! {
        <Card title="Details">
            <dl class="grid gap-2">
                {own.collect_view()}
                {fact("Secret", "stored encrypted, never shown".into_any())}
                {fact("Fingerprint", view! { <code>{credential.fingerprint}</code> }.into_any())}
                {fact("Created", created.into_any())}
                {replaced}
                {fact("Used", uses.into_any())}
                {fact("Last used", when(credential.last_used_at))}
            </dl>
        </Card>
    }
    .into_any()
}

/// Unlike [`crate::ui::Fact`] with a name that the provider gives and a value that may break anywhere.
fn fact(name: impl Into<String>, value: AnyView) -> impl IntoView {
    view! {
        <div class="flex justify-between gap-4">
            <dt class="text-muted">{name.into()}</dt>
            <dd class="text-right break-all min-w-0">{value}</dd>
        </div>
    }
}

fn when(at: Option<Timestamp>) -> AnyView {
    match at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => "never".into_any(),
    }
}
