//! The page of one resource: header, state, tabs.

use axum::http::StatusCode;
use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;

use crate::page::{Page, PageError, PageRequest};
use crate::routes::Crumb;
use crate::ui::{LinkButton, PageHeader, Tab, Tabs};

/// Above every tab of a resource's page.
#[component]
pub fn ResourceHeader(
    back: Crumb,
    #[prop(into)] title: String,
    /// The state in a word, which the script announces when it changes.
    state: &'static str,
    #[prop(into)] badge: ViewFnOnce,
    #[prop(into)] summary: ViewFnOnce,
    #[prop(optional, into)] actions: ViewFnOnce,
    /// "cluster".
    noun: &'static str,
    tabs: Vec<Tab>,
) -> impl IntoView {
    view! {
        <PageHeader back=back title=title badge=badge summary=summary actions=actions />
        <p class="sr-only" role="status" data-resource-state="">
            {format!("State: {state}")}
        </p>
        <Tabs label=format!("Parts of this {noun}") tabs=tabs />
    }
    .into_any()
}

/// The page of a resource that was deleted, for callers who could see it. `noun` is “cluster”, `list` leads to the
/// others.
pub fn deleted(
    request: &PageRequest,
    problem: Problem,
    noun: &'static str,
    list: &'static str,
) -> Page {
    let title = format!("This {noun} was deleted");
    let view = {
        let title = title.clone();
        move || {
            view! {
                <div class="max-w-120 mx-auto py-16" data-problem=problem.kind.slug()>
                    <h1 class="text-title font-semibold mb-3">{title}</h1>
                    <p class="text-muted">{problem.detail}</p>
                    <div class="mt-4">
                        <LinkButton href=list>{format!("Show all {noun}s")}</LinkButton>
                    </div>
                </div>
            }
        }
    };
    request.show(title, view).status(StatusCode::GONE)
}

/// The problem at the address of a tab that does not exist.
pub fn no_such_tab(noun: &str) -> PageError {
    Problem::new(
        ProblemKind::NotFound,
        format!("The page of a {noun} has no such tab."),
    )
    .into()
}
