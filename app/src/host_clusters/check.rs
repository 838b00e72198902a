//! Asking a host cluster whether it lets the portal work.

use domain::platform::{HostCheck, MissingPermission};
use domain::problem::Problem;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::api::CheckHostCluster;
use crate::problem_page::problem_notice;
use crate::routes;
use crate::ui::{Button, Notice, RelativeTime, Tone, tw};

/// The button, and what came of it. Without a script the form is sent to the page, which answers it.
#[component]
pub fn Check(
    host: String,
    /// What came of the plain form that led here.
    answer: Option<Result<HostCheck, Problem>>,
) -> impl IntoView {
    let check = ServerAction::<CheckHostCluster>::new();
    let first = StoredValue::new(answer);
    let answer = move || match check.value().get() {
        Some(answer) => Some(answer.map_err(|refusal| refusal.0)),
        None => first.get_value(),
    };
    let outcome = move || match answer()? {
        Ok(check) => Some(view! { <Outcome check=check /> }.into_any()),
        Err(problem) => Some(problem_notice(problem).into_any()),
    };
    let asked = host.clone();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        check.dispatch(CheckHostCluster {
            host: asked.clone(),
        });
    };
    let pending = check.pending();
    let name = format!(" {host}");
    view! {
        <div class="mb-3 empty:hidden" aria-live="polite">
            {outcome}
        </div>
        <form method="post" action=routes::HOST_CLUSTERS on:submit=send>
            <input type="hidden" name="host" value=host />
            <Button disabled=pending>
                <span>
                    {move || if pending.get() { "Asking the host …" } else { "Check now" }}
                </span>
                <span class="sr-only">{name}</span>
            </Button>
        </form>
    }
    .into_any()
}

#[component]
fn Outcome(check: HostCheck) -> impl IntoView {
    let summary = check.summary();
    let (tone, title) = if check.missing.is_empty() {
        (Tone::Ok, format!("The portal has {summary}"))
    } else {
        (
            Tone::Bad,
            format!("The portal cannot do all of its work: {summary}"),
        )
    };
    let missing = (!check.missing.is_empty()).then(|| {
        view! {
            <ul class=tw("prose-list")>
                {check.missing.into_iter().map(missing).collect_view()}
            </ul>
        }
    });
    view! {
        <Notice tone=tone title=title>
            {missing}
            {check.next_step.map(|step| view! { <p>"What to do: " {step}</p> })}
            <p class="text-muted">"Asked " <RelativeTime at=check.checked_at /> "."</p>
        </Notice>
    }
    .into_any()
}

fn missing(missing: MissingPermission) -> impl IntoView {
    let reason = missing.reason.map(|reason| format!(": {reason}"));
    view! {
        <li class="break-words">
            <code>{missing.permission}</code>
            {reason}
        </li>
    }
}
