//! Text to use elsewhere, with a button that copies it.

use leptos::prelude::*;

use super::{CopyButton, tw};

/// Scrolls sideways when too wide, also by keyboard. The copy button stands beside a single line and above several.
#[component]
pub fn Code(
    /// For screen readers: "Command", "Request".
    #[prop(into)]
    label: String,
    #[prop(into)] text: String,
    /// Limits the height; the rest is scrolled to.
    #[prop(optional)]
    capped: bool,
) -> impl IntoView {
    let several = text.contains('\n');
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
                <code>{text.clone()}</code>
            </pre>
            <div class=button>
                <CopyButton text=text />
            </div>
        </div>
    }
    .into_any()
}
