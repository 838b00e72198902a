//! What may be shown of a credential.

use jiff::Timestamp;
use leptos::prelude::*;

use super::page::Known;
use crate::ui::{Card, RelativeTime};

/// Everything but the secret.
#[component]
pub fn FactsCard(known: Known) -> impl IntoView {
    let facts = move || {
        known.credential.with(|credential| {
            let fact = |name: String, value: AnyView| {
                view! {
                    <div class="flex justify-between gap-4">
                        <dt class="text-muted">{name}</dt>
                        <dd class="text-right break-all min-w-0">{value}</dd>
                    </div>
                }
            };
            let stored = view! {
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
                .iter()
                .map(|own| fact(own.label.clone(), own.value.clone().into_any()))
                .collect_view();
            let fingerprint = view! { <code>{credential.fingerprint.clone()}</code> };
            view! {
                {own}
                {fact("Secret".to_owned(), "stored, and never shown again".into_any())}
                {fact("Fingerprint".to_owned(), fingerprint.into_any())}
                {fact("Stored".to_owned(), stored.into_any())}
                {credential
                    .replaced_at
                    .map(|at| fact("Secret replaced".to_owned(), when(Some(at))))}
                {fact("Used".to_owned(), uses.into_any())}
                {fact("Last used".to_owned(), when(credential.last_used_at))}
            }
        })
    };
    view! {
        <Card title="What is stored">
            <dl class="grid gap-2">{facts}</dl>
        </Card>
    }
    .into_any()
}

fn when(at: Option<Timestamp>) -> AnyView {
    match at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => "never".into_any(),
    }
}
