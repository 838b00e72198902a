//! Chooses between light, dark and the operating system's theme: at once with the wasm there, by a form without it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use wasm_bindgen::JsCast;

use super::{Icon, Symbol};
use crate::theme::{SetTheme, Theme};

/// Three buttons in a form.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    let button = |theme: Theme| {
        let (symbol, label) = match theme {
            Theme::System => (Symbol::Monitor, "System"),
            Theme::Light => (Symbol::Sun, "Light"),
            Theme::Dark => (Symbol::Moon, "Dark"),
        };
        view! {
            <button
                name="theme"
                value=theme.word()
                class="inline-flex flex-1 items-center justify-center gap-1.5 px-2 py-1 rounded-control text-small text-muted hover:text-text hover:bg-surface"
                on:click=move |event| {
                    event.prevent_default();
                    apply(theme);
                }
            >
                <Icon symbol=symbol size=14 />
                {label}
            </button>
        }
    };
    view! {
        <form
            method="post"
            action=SetTheme::url()
            aria-label="Theme"
            class="flex gap-1 p-0.5 rounded-box border border-line bg-sunken"
        >
            {Theme::ALL.map(button).collect_view()}
        </form>
    }
    .into_any()
}

/// In the browser: the page changes now, the cookie tells the server's next one.
fn apply(theme: Theme) {
    let document = document();
    if let Some(root) = document.document_element() {
        // Setting or removing an attribute with a fixed name cannot fail.
        let _ = match theme.attribute() {
            Some(word) => root.set_attribute("data-theme", word),
            None => root.remove_attribute("data-theme"),
        };
    }
    if let Some(document) = document.dyn_ref::<web_sys::HtmlDocument>() {
        // Refused where cookies are switched off; the page has changed all the same.
        let _ = document.set_cookie(&theme.cookie());
    }
}
