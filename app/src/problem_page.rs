//! What a page shows instead of itself when it cannot be had, with the HTTP status that says the same.

use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::routes;
use crate::server_context::set_status;
use crate::ui::{ButtonKind, Icon, LinkButton, Symbol};

/// A problem in the place of a page.
#[component]
pub fn ProblemPage(problem: Problem) -> impl IntoView {
    set_status(problem.status());
    let location = use_location();
    let here = move || {
        let query = location.search.get();
        let path = location.pathname.get();
        if query.is_empty() {
            path
        } else {
            format!("{path}?{query}")
        }
    };
    let symbol = match problem.kind {
        ProblemKind::NotFound => Symbol::Search,
        ProblemKind::Forbidden | ProblemKind::Unauthenticated => Symbol::Lock,
        _ => Symbol::Alert,
    };
    let title = problem.kind.title();
    let signed_out = problem.kind == ProblemKind::Unauthenticated;
    view! {
        <Title text=title />
        <div class="max-w-120 mx-auto py-16 text-center flex flex-col items-center">
            <span class="grid place-items-center w-12 h-12 rounded-full bg-accent-soft text-accent-text mb-4">
                <Icon symbol=symbol size=24 />
            </span>
            <h1 class="text-title font-semibold">{title}</h1>
            <p class="text-muted mt-2">{problem.detail}</p>
            {problem.next_step.map(|step| view! { <p class="text-muted mt-1">{step}</p> })}
            {problem
                .reference
                .map(|reference| {
                    view! {
                        <p class="text-muted mt-1">
                            "Reference: " <code>{reference}</code>
                        </p>
                    }
                })}
            <div class="flex flex-wrap justify-center gap-2 mt-6">
                {if signed_out {
                    view! {
                        <LinkButton kind=ButtonKind::Primary href=routes::sign_in(&here())>
                            "Sign in"
                        </LinkButton>
                    }
                        .into_any()
                } else {
                    view! {
                        <LinkButton kind=ButtonKind::Primary href=routes::CLUSTERS>
                            "All clusters"
                        </LinkButton>
                        <LinkButton href=routes::OVERVIEW>"Overview"</LinkButton>
                    }
                        .into_any()
                }}
            </div>
        </div>
    }
    .into_any()
}

/// For an address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    let problem = Problem::new(ProblemKind::NotFound, "There is no page at this address.")
        .next("It may have been moved, or the link is mistyped.");
    view! { <ProblemPage problem=problem /> }
}
