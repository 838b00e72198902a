//! What a page shows instead of itself when it cannot be had, with the HTTP status that says the same.

use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use leptos_router::location::Location;

use crate::routes;
use crate::server_context::set_status;
use crate::ui::{ButtonKind, Icon, LinkButton, Notice, Symbol, Tone};

/// A problem in the place of a page.
#[component]
pub fn ProblemPage(problem: Problem) -> impl IntoView {
    let title = problem.kind.title();
    view! {
        <Title text=title />
        <div class="max-w-120 mx-auto py-16">
            <ProblemBody problem=problem title=move || view! { <h1 class="text-title font-semibold">{title}</h1> } />
        </div>
    }
    .into_any()
}

/// A problem in the place of a part of a page, which has its heading already.
#[component]
pub fn ProblemPanel(problem: Problem) -> impl IntoView {
    let title = problem.kind.title();
    view! {
        <div class="max-w-120 mx-auto px-4 py-10" role="alert">
            <ProblemBody problem=problem title=move || view! { <p class="text-lead font-semibold">{title}</p> } />
        </div>
    }
    .into_any()
}

#[component]
fn ProblemBody(problem: Problem, #[prop(into)] title: ViewFnOnce) -> impl IntoView {
    set_status(problem.status());
    let here = here(&use_location());
    let symbol = match problem.kind {
        ProblemKind::NotFound => Symbol::Search,
        ProblemKind::Forbidden | ProblemKind::Unauthenticated => Symbol::Lock,
        _ => Symbol::Alert,
    };
    let ways = match problem.kind {
        ProblemKind::Unauthenticated => view! {
            <LinkButton kind=ButtonKind::Primary href=routes::sign_in(&here)>
                "Sign in"
            </LinkButton>
        }
        .into_any(),
        // What may pass is worth another try at the same address.
        ProblemKind::Unavailable | ProblemKind::Internal => view! {
            <a href=here rel="external" class="link">
                "Try again"
            </a>
        }
        .into_any(),
        _ => view! {
            <LinkButton kind=ButtonKind::Primary href=routes::CLUSTERS>
                "All clusters"
            </LinkButton>
            <LinkButton href=routes::OVERVIEW>"Overview"</LinkButton>
        }
        .into_any(),
    };
    view! {
        <div class="text-center flex flex-col items-center">
            <span class="grid place-items-center w-12 h-12 rounded-full bg-accent-soft text-accent-text mb-4">
                <Icon symbol=symbol size=24 />
            </span>
            {title.run()}
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
            <div class="flex flex-wrap justify-center gap-2 mt-6">{ways}</div>
        </div>
    }
    .into_any()
}

/// A problem above what it is about. Whoever has to sign in first is led back to this page.
pub fn problem_notice(problem: Problem) -> impl IntoView {
    let here = here(&use_location());
    notice_leading_back(problem, move || here.clone())
}

/// The same for a form that has no place of its own for some of the `messages` about fields.
pub fn notice_with(problem: Problem, messages: Vec<String>) -> impl IntoView {
    let here = here(&use_location());
    let text = problem.detail.clone();
    let more: Vec<_> = messages
        .into_iter()
        .filter(|message| *message != text)
        .collect();
    notice(problem, text, more, move || here.clone())
}

/// The same for a page whose address changes with what is typed.
pub fn notice_leading_back(
    problem: Problem,
    return_to: impl Fn() -> String + Send + Sync + 'static,
) -> impl IntoView {
    // What is wrong with a field stands beside the field.
    let text = if problem.fields.is_empty() {
        problem.detail.clone()
    } else {
        "What is wrong stands beside each field.".to_owned()
    };
    notice(problem, text, Vec::new(), return_to)
}

fn notice(
    problem: Problem,
    text: String,
    more: Vec<String>,
    return_to: impl Fn() -> String + Send + Sync + 'static,
) -> impl IntoView {
    let signed_out = problem.kind == ProblemKind::Unauthenticated;
    let way = if signed_out {
        view! {
            <p>
                <a class="link" rel="external" href=move || routes::sign_in(&return_to())>
                    "Sign in and come back to this page as it is"
                </a>
            </p>
        }
        .into_any()
    } else {
        problem
            .next_step
            .map(|step| view! { <p>{step}</p> })
            .into_any()
    };
    let more = more
        .into_iter()
        .map(|message| view! { <p>{message}</p> })
        .collect_view();
    view! {
        <Notice tone=Tone::Bad title=problem.kind.title()>
            <p>{text}</p>
            {more}
            {way}
            {problem
                .reference
                .map(|reference| view! { <p>"Reference: " <code>{reference}</code></p> })}
        </Notice>
    }
    .into_any()
}

fn here(location: &Location) -> String {
    let query = location.search.get_untracked();
    let path = location.pathname.get_untracked();
    if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    }
}

/// What is told at an address that leads nowhere.
pub fn no_such_page() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no page at this address.")
        .next("It may have been moved, or the link is mistyped.")
}

/// Who may not see a page of administration is not told that there is one.
#[cfg(feature = "ssr")]
pub fn as_if_not_there(problem: Problem) -> Problem {
    if problem.kind == ProblemKind::Forbidden {
        no_such_page()
    } else {
        problem
    }
}

/// For an address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <ProblemPage problem=no_such_page() /> }
}
