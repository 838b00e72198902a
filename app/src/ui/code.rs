//! A block of something to type elsewhere, with a button to copy it.

use leptos::prelude::*;

use super::{CopyButton, tw};

/// Monospaced text on a sunken ground. Scrolls by itself when too wide, also by keyboard. The button stands beside a
/// single line and above several, where it would take their room.
#[component]
pub fn Code(
    /// What it is, for those who do not see it: "Command", "Request".
    #[prop(into)]
    label: String,
    #[prop(into)] text: Signal<String>,
    /// No higher than a glance takes in; the rest is scrolled to.
    #[prop(optional)]
    capped: bool,
) -> impl IntoView {
    let several = text.with_untracked(|text| text.contains('\n'));
    let (direction, button) = if several {
        (tw("flex-col-reverse"), tw("self-end px-1.5 pt-1.5"))
    } else {
        (tw("items-start"), tw("flex-none p-1.5"))
    };
    let body = if several {
        tw("px-3.5 pb-3 overflow-x-auto")
    } else {
        tw("flex-1 min-w-0 px-3.5 py-3 overflow-x-auto")
    };
    let height = if capped {
        tw("max-h-48 overflow-y-auto")
    } else {
        ""
    };
    view! {
        <div class=format!(
            "{} {direction}",
            tw("flex min-w-0 bg-sunken border border-line rounded-box"),
        )>
            <pre tabindex="0" role="group" aria-label=label class=format!("{body} {height}")>
                <code>{text}</code>
            </pre>
            <div class=button>
                <CopyButton text=text />
            </div>
        </div>
    }
    .into_any()
}
