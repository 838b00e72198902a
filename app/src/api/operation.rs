//! One operation with its parameters, body, responses and an example.

use leptos::prelude::*;

use super::document::{Field, Operation, Response};
use crate::ui::{Code, tw};

/// A card with an anchor.
#[component]
pub fn OperationCard(operation: Operation) -> impl IntoView {
    let colour = match operation.method.as_str() {
        "GET" => tw("bg-ok-soft text-ok"),
        "DELETE" => tw("bg-bad-soft text-bad"),
        _ => tw("bg-accent-soft text-accent-text"),
    };
    let responses = operation
        .responses
        .into_iter()
        .map(|response| view! { <ResponseRow response=response /> })
        .collect_view();
    view! {
        <article
            id=operation.id
            class="bg-surface border border-line rounded-card shadow-card p-4 scroll-mt-16 min-w-0"
        >
            <h3>{operation.summary}</h3>
            <p class="flex flex-wrap items-center gap-2 mt-1.5">
                <span class=format!("{} {colour}", tw("rounded-control px-2 py-0.5 text-tiny font-semibold"))>
                    {operation.method}
                </span>
                <code class="break-words min-w-0">{operation.path}</code>
            </p>
            {(!operation.description.is_empty())
                .then(|| view! { <p class="text-muted mt-2">{operation.description}</p> })}
            <FieldList title="Parameters" fields=operation.parameters />
            <FieldList title="Body" fields=operation.body />
            <h4 class="mt-4 mb-1.5">"Responses"</h4>
            <div class="grid gap-1.5">{responses}</div>
            <h4 class="mt-4 mb-1.5">"Example"</h4>
            <Code label="Command" text=operation.curl />
        </article>
    }
    .into_any()
}

#[component]
fn FieldList(title: &'static str, fields: Vec<Field>) -> impl IntoView {
    (!fields.is_empty()).then(|| {
        view! {
            <h4 class="mt-4 mb-1.5">{title}</h4>
            <Fields fields=fields />
        }
    })
}

#[component]
fn Fields(fields: Vec<Field>) -> impl IntoView {
    let row = |field: Field| {
        let about = [field.place, field.kind]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · ");
        view! {
            <div class="grid md:grid-cols-[minmax(0,14rem)_minmax(0,1fr)] gap-x-4 py-1.5 border-t border-line">
                <dt class="break-words">
                    <code>{field.name}</code>
                    {field.required.then(|| view! { <small class="text-muted">" required"</small> })}
                </dt>
                <dd class="text-muted break-words">
                    {field.description}
                    <small class="block text-faint">{about}</small>
                </dd>
            </div>
        }
    };
    view! { <dl>{fields.into_iter().map(row).collect_view()}</dl> }
}

/// The fields of a response unfold, because they are rarely needed.
#[component]
fn ResponseRow(response: Response) -> impl IntoView {
    let status = view! { <code class="font-semibold">{response.status}</code> };
    let text = view! { <span class="text-muted">{response.description}</span> };
    if response.fields.is_empty() {
        view! { <p class="flex gap-3">{status} {text}</p> }.into_any()
    } else {
        view! {
            <details>
                <summary class="flex gap-3 hover:text-accent-text">
                    {status} {text} <small class="ml-auto text-muted">"fields"</small>
                </summary>
                <div class="mt-1.5 mb-2 pl-3">
                    <Fields fields=response.fields />
                </div>
            </details>
        }
        .into_any()
    }
}
