//! `/api`.

use leptos::prelude::*;
use leptos_meta::Title;

use super::api::load_reference;
use super::document::Reference;
use super::operation::OperationCard;
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{PageHeader, Skeleton, waiting};

/// Contents at the left, operations at the right.
#[component]
pub fn ApiReferencePage() -> impl IntoView {
    let reference = Resource::new_blocking(|| (), |()| load_reference());
    let page = move || {
        Suspend::new(async move {
            match reference.await {
                Ok(reference) => view! { <Content reference=reference /> }.into_any(),
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="API reference" />
        <PageHeader
            title="API reference"
            summary=|| {
                view! {
                    "Everything the pages can do, for programs. As a document: "
                    <a class="link" href=routes::API_DOCUMENT rel="external">
                        "openapi.json"
                    </a>
                    ". Programs sign in with a token from your "
                    <a class="link" href=routes::ACCOUNT>
                        "account"
                    </a>
                    "."
                }
            }
        />
        <Suspense fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Suspense>
    }
    .into_any()
}

#[component]
fn Content(reference: Reference) -> impl IntoView {
    let contents = reference
        .groups
        .iter()
        .map(|group| {
            let items = group
                .operations
                .iter()
                .map(|operation| {
                    view! {
                        <li>
                            <a
                                href=format!("#{}", operation.id)
                                class="block py-1 text-muted hover:text-text"
                            >
                                {operation.summary.clone()}
                            </a>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <h2 class="mt-3">{group.name.clone()}</h2>
                <ul>{items}</ul>
            }
        })
        .collect_view();
    let groups = reference
        .groups
        .into_iter()
        .map(|group| {
            let cards = group
                .operations
                .into_iter()
                .map(|operation| view! { <OperationCard operation=operation /> })
                .collect_view();
            view! {
                <section class="grid grid-cols-1 gap-3.5">
                    <h2 class="text-lead font-semibold">{group.name}</h2>
                    {cards}
                </section>
            }
        })
        .collect_view();
    view! {
        {(!reference.description.is_empty())
            .then(|| view! { <p class="text-muted mb-5 max-w-180">{reference.description}</p> })}
        <div class="grid grid-cols-1 gap-6 items-start lg:grid-cols-[13rem_minmax(0,1fr)]">
            <nav aria-label="Operations" class="lg:sticky lg:top-5 max-lg:hidden">
                {contents}
            </nav>
            <div class="grid grid-cols-1 gap-7 min-w-0">{groups}</div>
        </div>
    }
    .into_any()
}
