//! The usage of a limit.

use leptos::prelude::*;

use super::tw;

/// The color warns from 90 % on.
#[component]
pub fn Meter(
    #[prop(into)] label: String,
    used: u64,
    limit: u64,
    /// “22 of 24 cores”.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    let percent = (used.saturating_mul(100))
        .checked_div(limit)
        .unwrap_or(100)
        .min(100);
    let colour = if percent >= 90 {
        tw("text-busy")
    } else {
        tw("text-accent")
    };
    view! {
        <div>
            <div class="flex justify-between gap-2.5">
                <span>{label.clone()}</span>
                <span class="text-muted tabular-nums">{words.clone()}</span>
            </div>
            <svg
                role="meter"
                aria-label=label
                aria-valuemin="0"
                aria-valuemax=limit
                aria-valuenow=used
                aria-valuetext=words
                width="100%"
                height="7"
                class=format!("{} {colour}", tw("mt-1.5 rounded-full bg-idle-soft"))
            >
                <rect width=format!("{percent}%") height="7" rx="3.5" fill="currentColor"></rect>
            </svg>
        </div>
    }
    .into_any()
}
