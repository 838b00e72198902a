//! A block of something to type elsewhere, with a button to copy it.

use leptos::prelude::*;

use super::CopyButton;

/// Monospaced text on a sunken ground. Scrolls by itself when too wide, also by keyboard.
#[component]
pub fn Code(
    /// What it is, for those who do not see it: "Command", "Request".
    #[prop(into)]
    label: String,
    #[prop(into)] text: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="flex items-start bg-sunken border border-line rounded-box">
            <pre
                tabindex="0"
                role="group"
                aria-label=label
                class="flex-1 min-w-0 px-3.5 py-3 overflow-x-auto"
            >
                <code>{text}</code>
            </pre>
            <div class="flex-none p-1.5">
                <CopyButton text=text />
            </div>
        </div>
    }
    .into_any()
}
