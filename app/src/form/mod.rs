//! Forms. Every change is a form that posts to a server function and names its own page. If the function fails, the
//! response is that page again with the typed values and a message beside each field; if it succeeds, the browser is
//! redirected. A form may also request a preview: the page with the values typed so far. Browsers with and without
//! scripts use the same mechanism: see [`submit`].

mod confirm;
mod state;
pub mod submit;

use leptos::prelude::*;

use crate::routes;
use crate::ui::{Notice, Tone};
use domain::problem::{Problem, ProblemKind};

pub use confirm::ConfirmForm;
pub use state::{FormState, Outcome, Submission};

/// A form that posts to the server function of `state`. Errors that belong to no field are above the children.
#[component]
pub fn Form(
    state: FormState,
    /// The page is requested again, with the typed values, whenever a field changes.
    #[prop(optional)]
    preview: bool,
    #[prop(optional, into)] class: String,
    #[prop(optional, into)] label: Option<String>,
    children: Children,
) -> impl IntoView {
    // The children come first, because each field marks the messages that it shows.
    let children = children();
    let notice = state.notice().map(|(problem, messages)| {
        view! { <ProblemNotice problem=problem messages=messages here=state.page() /> }
    });
    let keep = state.is_kept_in_address().then(|| {
        view! { <input type="hidden" name=submit::KEEP value="true" /> }
    });
    let previews = preview.then(|| format!("{}?{}", state.action(), submit::PREVIEW));
    view! {
        <form
            method="post"
            action=state.action()
            id=state.id()
            class=class
            aria-label=label
            data-preview=previews
            data-outcome=state.has_outcome().then_some("")
        >
            <input type="hidden" name=submit::PAGE value=state.page() />
            <input type="hidden" name=submit::KEY value=state.key() />
            {keep}
            {notice}
            {children}
        </form>
    }
    .into_any()
}

/// An error of a whole form, or of fields that it does not show.
#[component]
pub fn ProblemNotice(
    problem: Problem,
    #[prop(optional)] messages: Vec<String>,
    /// The address to return to after signing in.
    here: String,
) -> impl IntoView {
    let about_fields = problem.kind == ProblemKind::Invalid && !problem.fields.is_empty();
    let messages: Vec<_> = messages
        .into_iter()
        .filter(|message| about_fields || *message != problem.detail)
        .map(|message| view! { <p>{message}</p> })
        .collect();
    let detail = (!about_fields).then(|| view! { <p>{problem.detail.clone()}</p> });
    let next = if problem.kind == ProblemKind::Unauthenticated {
        view! {
            <p>
                <a class="link" href=routes::sign_in(&here)>
                    "Sign in and return to this page"
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
    let reference = problem
        .reference
        .map(|reference| view! { <p>"Reference: " <code>{reference}</code></p> });
    view! {
        <div class="mb-3" data-problem=problem.kind.slug()>
            <Notice tone=Tone::Bad title=problem.kind.title()>
                {detail}
                {messages}
                {next}
                {reference}
            </Notice>
        </div>
    }
    .into_any()
}
