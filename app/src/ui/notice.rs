//! A message: what happened, and what to do.

use leptos::prelude::*;

use super::{Icon, Symbol, Tone, tw};

/// Only errors interrupt a screen reader.
#[component]
pub fn Notice(
    tone: Tone,
    #[prop(into)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (symbol, role) = match tone {
        Tone::Ok => (Symbol::Check, "status"),
        Tone::Busy => (Symbol::Clock, "status"),
        Tone::Bad => (Symbol::Alert, "alert"),
        Tone::Idle => (Symbol::Eye, "status"),
    };
    view! {
        <div role=role class=format!("{} {}", tw("flex gap-2.5 rounded-box px-3.5 py-2.5"), tone.soft())>
            <span class="mt-0.5">
                <Icon symbol=symbol size=17 />
            </span>
            <div class="min-w-0">
                <p class="font-semibold">{title}</p>
                {children.map(|children| view! { <div class="prose text-text mt-0.5">{children()}</div> })}
            </div>
        </div>
    }
    .into_any()
}
