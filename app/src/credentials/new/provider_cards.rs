//! The providers as cards of which one is chosen: links, so that the choice stands in the address.

use domain::credential::Provider;
use leptos::prelude::*;

use crate::routes;
use crate::ui::tw;

/// What the form asks for, in a few words.
fn asks(provider: Provider) -> &'static str {
    match provider {
        Provider::Aws => "Access key, or a role to assume",
        Provider::Azure => "Service principal",
        Provider::Gcp => "Service account key",
        Provider::Lambda | Provider::Runpod => "API key",
        Provider::Oci => "API signing key",
        Provider::Nebius => "Service account",
        Provider::Kubernetes => "Kubeconfig",
    }
}

#[component]
pub fn ProviderCards(tenant: String, provider: Memo<Option<Provider>>) -> impl IntoView {
    let card = |offered: Provider| {
        let chosen = Memo::new(move |_| provider.get() == Some(offered));
        view! {
            <li>
                <a
                    href=routes::new_credential(&tenant, offered.as_str())
                    aria-current=move || chosen.get().then_some("true")
                    class=move || {
                        let colours = if chosen.get() {
                            tw("border-accent bg-accent-soft")
                        } else {
                            tw("border-line-strong bg-surface hover:border-faint")
                        };
                        format!("{} {colours}", tw("block h-full border rounded-box px-3 py-2.5"))
                    }
                >
                    <b class="block">{offered.title()}</b>
                    <small class="block text-muted">{asks(offered)}</small>
                </a>
            </li>
        }
    };
    view! {
        <nav aria-label="Provider">
            <ul class="grid gap-2 grid-cols-2 md:grid-cols-4">
                {Provider::ALL.map(card).collect_view()}
            </ul>
        </nav>
    }
    .into_any()
}
