//! Chooses between light, dark and the operating system's theme: at once with the wasm there, by a form without it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use wasm_bindgen::JsCast;

use super::{Icon, Symbol, tw};
use crate::theme::{SetTheme, Theme};

/// Three buttons in a form.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    // Known once the page is alive; the stylesheet marks the choice from the start.
    let chosen = RwSignal::new(None);
    Effect::new(move || chosen.set(Some(present())));
    let button = |theme: Theme| {
        let (symbol, label, mark) = match theme {
            Theme::System => (Symbol::Monitor, "System", tw("theme-system")),
            Theme::Light => (Symbol::Sun, "Light", tw("theme-light")),
            Theme::Dark => (Symbol::Moon, "Dark", tw("theme-dark")),
        };
        let pressed = move || chosen.get().map(|chosen| (chosen == theme).to_string());
        view! {
            <button
                name="theme"
                value=theme.word()
                class=format!(
                    "{mark} {}",
                    tw(
                        "inline-flex flex-auto items-center justify-center gap-1 px-1.5 py-1 rounded-control text-small hover:text-text",
                    ),
                )
                aria-pressed=pressed
                on:click=move |event| {
                    event.prevent_default();
                    apply(theme);
                    chosen.set(Some(theme));
                }
            >
                <Icon symbol=symbol size=13 />
                {label}
            </button>
        }
    };
    view! {
        <form
            method="post"
            action=SetTheme::url()
            aria-label="Theme"
            class="flex p-0.5 rounded-box border border-line bg-sunken text-muted"
        >
            {Theme::ALL.map(button).collect_view()}
        </form>
    }
    .into_any()
}

/// In the browser: what the document says.
fn present() -> Theme {
    let attribute = document()
        .document_element()
        .and_then(|root| root.get_attribute("data-theme"));
    Theme::from_word(attribute.as_deref().unwrap_or_default())
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
