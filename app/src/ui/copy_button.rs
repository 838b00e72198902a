//! Puts a text on the clipboard.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use web_sys::js_sys::Reflect;

use super::{Icon, Symbol, use_hydrated};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Waiting,
    Copied,
    Refused,
}

/// Copies `text`, and says so. Takes its room from the start, but shows only where it works: with the wasm there.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(default = "Copy")] label: &'static str,
) -> impl IntoView {
    let hydrated = use_hydrated();
    let outcome = RwSignal::new(Outcome::Waiting);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let copied = write_to_clipboard(&text).await;
            outcome.set(if copied {
                Outcome::Copied
            } else {
                Outcome::Refused
            });
            set_timeout(
                move || {
                    outcome.try_set(Outcome::Waiting);
                },
                Duration::from_secs(2),
            );
        });
    };
    view! {
        <button
            type="button"
            class="inline-flex items-center gap-1.5 px-2 py-1 rounded-control border border-line bg-surface text-small text-muted hover:text-text hover:border-faint"
            class:invisible=move || !hydrated.get()
            on:click=copy
        >
            {move || {
                let symbol = if outcome.get() == Outcome::Copied {
                    Symbol::Check
                } else {
                    Symbol::Copy
                };
                view! { <Icon symbol=symbol size=14 /> }
            }}
            <span aria-live="polite">
                {move || match outcome.get() {
                    Outcome::Waiting => label,
                    Outcome::Copied => "Copied",
                    Outcome::Refused => "Select it instead",
                }}
            </span>
        </button>
    }
    .into_any()
}

/// False where the browser has no clipboard for us: on plain HTTP away from localhost, or when the person said no.
pub async fn write_to_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    let available = Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    if !available {
        return false;
    }
    let written = navigator.clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(written).await.is_ok()
}
