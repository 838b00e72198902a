//! Puts a text on the clipboard.

use leptos::prelude::*;

use super::{Icon, Symbol};

/// Copies `text`, or the response to a POST to `from`. The second is for secrets: no page contains them, and reading
/// one is audited. Visible only where scripts run.
#[component]
pub fn CopyButton(
    #[prop(optional, into)] text: Option<String>,
    #[prop(optional, into)] from: Option<String>,
    #[prop(default = "Copy")] label: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="button"
            data-copy=text
            data-copy-from=from
            class="needs-script inline-flex items-center gap-1.5 px-2 py-1 rounded-control border border-line bg-surface text-small text-muted hover:text-text hover:border-faint"
        >
            <Icon symbol=Symbol::Copy size=14 />
            <span aria-live="polite">{label}</span>
        </button>
    }
    .into_any()
}
