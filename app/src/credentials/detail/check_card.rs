//! Whether the provider accepts it.

use domain::credential::CheckResult;
use leptos::prelude::*;

use super::page::Known;
use crate::credentials::api::CheckCredential;
use crate::plain_form::FormState;
use crate::ui::{Button, Card, Notice, RelativeTime, Tone};

/// What came of the last check, and the button for another one.
#[component]
pub fn CheckCard(known: Known) -> impl IntoView {
    let check = ServerAction::<CheckCredential>::new();
    known.follow(check);
    let state = FormState::of("check", check);
    let result = move || {
        known.credential.with(|credential| {
            let checked = credential.last_checked_at.map(|at| {
                view! {
                    <p class="text-small text-muted mb-2">
                        "Checked " <RelativeTime at=at /> "."
                    </p>
                }
            });
            view! {
                {checked}
                {credential.check.clone().map(|result| view! { <Outcome result=result /> })}
            }
        })
    };
    let possible = Memo::new(move |_| {
        known
            .credential
            .with(|credential| credential.can_be_checked)
    });
    let pending = check.pending();
    let form = move || {
        if possible.get() {
            view! {
                <ActionForm action=check>
                    {known.fields()}
                    <Button disabled=pending>
                        {move || if pending.get() { "Asking the provider …" } else { "Check now" }}
                    </Button>
                </ActionForm>
            }
            .into_any()
        } else {
            let provider = known
                .credential
                .with_untracked(|credential| credential.provider.title());
            view! {
                <p class="text-muted">
                    {format!(
                        "The portal cannot ask {provider} whether it accepts this. It shows with the first node that uses it.",
                    )}
                </p>
            }
            .into_any()
        }
    };
    view! {
        <Card title="Check">
            {state.notice()}
            <div class="mb-3 empty:hidden" aria-live="polite">
                {result}
            </div>
            {form}
        </Card>
    }
    .into_any()
}

#[component]
fn Outcome(result: CheckResult) -> impl IntoView {
    let (tone, title) = if result.accepted {
        (Tone::Ok, "The provider accepts it")
    } else {
        (Tone::Bad, "The provider does not accept it")
    };
    let line = |name: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <p>
                    {name} <code>{value}</code>
                </p>
            }
        })
    };
    view! {
        <Notice tone=tone title=title>
            <p>{result.message}</p>
            {line("Account: ", result.account)}
            {line("Identity: ", result.identity)}
            {result.next_step.map(|step| view! { <p>"What to do: " {step}</p> })}
        </Notice>
    }
    .into_any()
}
