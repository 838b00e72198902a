use leptos::prelude::*;

/// The section for changes that cannot be undone or that revoke access. One on a page.
#[component]
pub fn DangerZone(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <section
            aria-labelledby="danger"
            class="max-w-180 bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad break-words">
                {title}
            </h2>
            {children()}
        </section>
    }
    .into_any()
}
