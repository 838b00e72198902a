//! Problems in place of a page or of a part of a page.

use axum::http::StatusCode;
use domain::problem::{Problem, ProblemKind};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::address::Address;
use crate::page::{self, Page, Rendering};
use crate::routes;
use crate::ui::{ButtonKind, Icon, LinkButton, Symbol};

pub(crate) fn page(problem: Problem, address: &Address) -> Page {
    let rendering = Rendering {
        address: address.clone(),
        now: Timestamp::now(),
    };
    let status = StatusCode::from_u16(problem.status());
    let title = problem.kind.title();
    let html = page::render(rendering, move || view! { <ProblemPage problem=problem /> });
    Page::new(title, html).status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}

#[component]
fn ProblemPage(problem: Problem) -> impl IntoView {
    let title = problem.kind.title();
    view! {
        <div class="max-w-120 mx-auto py-16">
            <ProblemBody problem=problem>
                <h1 class="text-title font-semibold">{title}</h1>
            </ProblemBody>
        </div>
    }
    .into_any()
}

/// In place of a part of a page.
#[component]
pub fn ProblemPanel(problem: Problem) -> impl IntoView {
    let title = problem.kind.title();
    view! {
        <div class="max-w-120 mx-auto px-4 py-10" role="alert">
            <ProblemBody problem=problem>
                <p class="text-lead font-semibold">{title}</p>
            </ProblemBody>
        </div>
    }
    .into_any()
}

#[component]
fn ProblemBody(problem: Problem, children: Children) -> impl IntoView {
    let here = use_context::<Rendering>()
        .map(|rendering| rendering.address.to_string())
        .unwrap_or_default();
    let symbol = match problem.kind {
        ProblemKind::NotFound => Symbol::Search,
        ProblemKind::Forbidden | ProblemKind::Unauthenticated => Symbol::Lock,
        _ => Symbol::Alert,
    };
    let links = match problem.kind {
        ProblemKind::Unauthenticated => view! {
            <LinkButton kind=ButtonKind::Primary href=routes::sign_in(&here)>
                "Sign in"
            </LinkButton>
        }
        .into_any(),
        ProblemKind::Unavailable | ProblemKind::Internal => {
            view! { <LinkButton href=here>"Try again"</LinkButton> }.into_any()
        }
        _ => {
            let (label, list) = match here.starts_with(routes::NODES) {
                true => ("All nodes", routes::NODES),
                false => ("All clusters", routes::CLUSTERS),
            };
            view! {
                <LinkButton kind=ButtonKind::Primary href=list>
                    {label}
                </LinkButton>
                <LinkButton href=routes::OVERVIEW>"Overview"</LinkButton>
            }
            .into_any()
        }
    };
    let next_step = problem
        .next_step
        .map(|step| view! { <p class="text-muted mt-1">{step}</p> });
    let reference = problem.reference.map(|reference| {
        view! { <p class="text-muted mt-1">"Reference: " <code>{reference}</code></p> }
    });
    view! {
        <div class="text-center flex flex-col items-center" data-problem=problem.kind.slug()>
            <span class="grid place-items-center w-12 h-12 rounded-full bg-accent-soft text-accent-text mb-4">
                <Icon symbol=symbol size=24 />
            </span>
            {children()}
            <p class="text-muted mt-2">{problem.detail}</p>
            {next_step}
            {reference}
            <div class="flex flex-wrap justify-center gap-2 mt-6">{links}</div>
        </div>
    }
    .into_any()
}

/// The problem at an address without a page.
pub fn no_such_page() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no page at this address.")
        .next("The page may have moved, or the link may be mistyped.")
}
