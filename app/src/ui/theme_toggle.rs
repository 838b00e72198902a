//! Chooses between light, dark and the operating system's theme. The script applies the choice immediately; the form
//! stores it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{Icon, Symbol, tw};
use crate::form::submit::PAGE;
use crate::page::Rendering;
use crate::theme::{SetTheme, Theme};

#[component]
pub fn ThemeToggle() -> impl IntoView {
    let here = expect_context::<Rendering>().address.to_string();
    let button = |theme: Theme| {
        let (symbol, label, mark) = match theme {
            Theme::System => (Symbol::Monitor, "System", tw("theme-system")),
            Theme::Light => (Symbol::Sun, "Light", tw("theme-light")),
            Theme::Dark => (Symbol::Moon, "Dark", tw("theme-dark")),
        };
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
            data-theme-form=""
            class="flex p-0.5 rounded-box border border-line bg-sunken text-muted"
        >
            <input type="hidden" name=PAGE value=here />
            {Theme::ALL.map(button).collect_view()}
        </form>
    }
    .into_any()
}
