//! `/api`: the REST API, from its OpenAPI document.

mod document;
mod operation;

use leptos::prelude::*;

use self::document::{Group, Reference};
use self::operation::OperationCard;
use crate::page::{PageRequest, PageResult};
use crate::routes;
use crate::ui::PageHeader;

pub async fn api_reference(request: PageRequest) -> PageResult {
    let reference = Reference::read(&request.site.api_document, &request.site.public_url);
    let view = move || {
        view! {
            <PageHeader
                title="API reference"
                summary=|| {
                    view! {
                        "The REST API offers everything that the pages do. OpenAPI document: "
                        <a class="link" href=routes::API_DOCUMENT data-external="">
                            "openapi.json"
                        </a>
                        ". Programs authenticate with a token from your "
                        <a class="link" href=routes::ACCOUNT>
                            "account"
                        </a>
                        "."
                    }
                }
            />
            <Content reference=reference />
        }
    };
    Ok(request.show("API reference", view))
}

/// Contents at the left, operations at the right.
#[component]
fn Content(reference: Reference) -> impl IntoView {
    let contents = reference.groups.iter().map(contents).collect_view();
    let groups = reference.groups.into_iter().map(group).collect_view();
    let description = (!reference.description.is_empty())
        .then(|| view! { <p class="text-muted mb-5 max-w-180">{reference.description}</p> });
    view! {
        {description}
        <div class="grid grid-cols-1 gap-6 items-start lg:grid-cols-[13rem_minmax(0,1fr)]">
            <nav aria-label="Operations" class="lg:sticky lg:top-5 max-lg:hidden">
                {contents}
            </nav>
            <div class="grid grid-cols-1 gap-7 min-w-0">{groups}</div>
        </div>
    }
    .into_any()
}

fn contents(group: &Group) -> impl IntoView + use<> {
    let links = group.operations.iter().map(|operation| {
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
    });
    view! {
        <h2 class="mt-3">{group.name.clone()}</h2>
        <ul>{links.collect_view()}</ul>
    }
}

fn group(group: Group) -> impl IntoView {
    let cards = group
        .operations
        .into_iter()
        .map(|operation| view! { <OperationCard operation=operation /> });
    view! {
        <section class="grid grid-cols-1 gap-3.5">
            <h2 class="text-lead font-semibold">{group.name}</h2>
            {cards.collect_view()}
        </section>
    }
}
