//! The kubeconfig straight onto the clipboard. It is asked for like the download, so it is audited like it, and it never
//! becomes part of the page.

use std::time::Duration;

use domain::ids::ClusterId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ui::{Button, Icon, Symbol, use_hydrated, write_to_clipboard};
use crate::{routes, secret_text};

/// Shows where it works: with the wasm there.
#[component]
pub fn CopyKubeconfig(id: ClusterId) -> impl IntoView {
    let hydrated = use_hydrated();
    let said = RwSignal::new("Copy");
    let copy = move |_| {
        spawn_local(async move {
            let outcome = match secret_text::ask(&routes::kubeconfig(id)).await {
                Ok(kubeconfig) if write_to_clipboard(&kubeconfig).await => "Copied",
                Ok(_) => "Download it instead",
                Err(_) => "The portal refused",
            };
            said.try_set(outcome);
            set_timeout(
                move || {
                    said.try_set("Copy");
                },
                Duration::from_secs(3),
            );
        });
    };
    view! {
        <span class:invisible=move || !hydrated.get()>
            <Button r#type="button" on:click=copy>
                <Icon symbol=Symbol::Copy size=16 />
                <span aria-live="polite">{said}</span>
            </Button>
        </span>
    }
    .into_any()
}
