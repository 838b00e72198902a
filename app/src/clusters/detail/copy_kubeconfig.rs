//! The kubeconfig straight onto the clipboard. It is asked for like the download, so it is audited like it, and it never
//! becomes part of the page.

use std::time::Duration;

use domain::ids::ClusterId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

use crate::routes;
use crate::ui::{Button, Icon, Symbol, use_hydrated, write_to_clipboard};

/// Shows where it works: with the wasm there.
#[component]
pub fn CopyKubeconfig(id: ClusterId) -> impl IntoView {
    let hydrated = use_hydrated();
    let said = RwSignal::new("Copy");
    let copy = move |_| {
        spawn_local(async move {
            let outcome = match fetch(&routes::kubeconfig(id)).await {
                Some(kubeconfig) if write_to_clipboard(&kubeconfig).await => "Copied",
                Some(_) => "Download it instead",
                None => "The portal refused",
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

/// The answer's text, if it is a good one.
async fn fetch(address: &str) -> Option<String> {
    let request = RequestInit::new();
    request.set_method("POST");
    let response = JsFuture::from(window().fetch_with_str_and_init(address, &request));
    let response: Response = response.await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let text: JsValue = JsFuture::from(response.text().ok()?).await.ok()?;
    text.as_string()
}
