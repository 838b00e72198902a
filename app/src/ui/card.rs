//! Cards: a titled box, a figure, a list of facts.

use leptos::prelude::*;

use super::tw;

/// `aside` is at the right of the heading.
#[component]
pub fn Card(
    #[prop(into)] title: String,
    #[prop(optional, into)] aside: ViewFnOnce,
    /// Without padding, for tables and lists that bring their own.
    #[prop(optional)]
    flush: bool,
    children: Children,
) -> impl IntoView {
    let body = if flush { "" } else { tw("p-4") };
    view! {
        <section class="bg-surface border border-line rounded-card shadow-card min-w-0">
            <header class="flex items-center gap-2 px-4 py-3 border-b border-line">
                <h2>{title}</h2>
                <div class="ml-auto text-small text-muted">{aside.run()}</div>
            </header>
            <div class=body>{children()}</div>
        </section>
    }
    .into_any()
}

/// A figure with a line that explains it.
#[component]
pub fn Stat(
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    #[prop(into)] note: String,
    #[prop(optional)] alarming: bool,
) -> impl IntoView {
    let colour = if alarming { tw("text-bad") } else { "" };
    view! {
        <div class="bg-surface border border-line rounded-card shadow-card px-4 py-3.5 min-w-0">
            <p class="text-small text-muted">{label}</p>
            <p class=format!("{} {colour}", tw("text-figure font-semibold tabular-nums mt-0.5"))>{value}</p>
            <p class="text-small text-faint mt-0.5 break-words">{note}</p>
        </div>
    }
    .into_any()
}

#[component]
pub fn Facts(children: Children) -> impl IntoView {
    view! { <dl class="grid gap-2">{children()}</dl> }
}

#[component]
pub fn Fact(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="flex justify-between gap-4">
            <dt class="text-muted whitespace-nowrap">{name}</dt>
            <dd class="text-right tabular-nums break-words min-w-0">{children()}</dd>
        </div>
    }
    .into_any()
}
