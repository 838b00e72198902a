//! Where in a long list one is, and the way to its neighbours.

use leptos::prelude::*;

/// "1 to 25 of 132", previous and next. The addresses carry the list's whole state.
#[component]
pub fn Pagination(
    /// Position of the first row shown, from 1.
    first: u64,
    /// Position of the last row shown.
    last: u64,
    total: u64,
    #[prop(into)] previous: Option<String>,
    #[prop(into)] next: Option<String>,
) -> impl IntoView {
    let step = |href: Option<String>, word: &'static str, rel: &'static str| {
        href.map(|href| {
            view! {
                <a href=href rel=rel class="link">
                    {word}
                </a>
            }
        })
    };
    view! {
        <nav aria-label="Pages" class="flex flex-wrap items-center gap-4 px-4 py-2.5 border-t border-line text-small text-muted tabular-nums">
            <span>{format!("{first} to {last} of {total}")}</span>
            {step(previous, "Previous", "prev")}
            {step(next, "Next", "next")}
        </nav>
    }
    .into_any()
}
