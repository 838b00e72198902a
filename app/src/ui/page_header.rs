//! The top of a page: parent, title, actions.

use leptos::prelude::*;

use crate::routes::Crumb;

/// The page's only `h1`.
#[component]
pub fn PageHeader(
    #[prop(optional)] back: Option<Crumb>,
    #[prop(into)] title: String,
    /// Beside the title: a state.
    #[prop(optional, into)]
    badge: ViewFnOnce,
    #[prop(optional, into)] summary: ViewFnOnce,
    #[prop(optional, into)] actions: ViewFnOnce,
) -> impl IntoView {
    view! {
        <header class="flex flex-wrap items-start gap-x-4 gap-y-3 mb-5">
            <div class="min-w-0">
                {back
                    .map(|crumb| {
                        view! {
                            <nav aria-label="Breadcrumb" class="text-muted">
                                <a href=crumb.href class="hover:text-text">
                                    <span aria-hidden="true">"← "</span>
                                    {crumb.name}
                                </a>
                            </nav>
                        }
                    })}
                <div class="flex flex-wrap items-center gap-2.5">
                    <h1 class="text-title font-semibold break-words min-w-0">{title}</h1>
                    {badge.run()}
                </div>
                <div class="text-muted mt-0.5 empty:hidden">{summary.run()}</div>
            </div>
            <div class="flex flex-wrap gap-2 md:ml-auto empty:hidden">{actions.run()}</div>
        </header>
    }
    .into_any()
}
