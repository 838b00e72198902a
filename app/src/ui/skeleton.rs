//! The place of something that is on its way, as large as the thing itself.

use leptos::prelude::*;

/// As many grey lines as rows are to come.
#[component]
pub fn Skeleton(#[prop(default = 3)] lines: u8) -> impl IntoView {
    view! {
        <div role="status" class="grid gap-3 p-4">
            <span class="sr-only">"Loading"</span>
            {(0..lines).map(|_| view! { <div class="shimmer h-9"></div> }).collect_view()}
        </div>
    }
    .into_any()
}
