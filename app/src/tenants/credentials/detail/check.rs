//! Whether the provider accepts the credential.

use domain::credential::{CheckResult, Credential};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::form::Form;
use crate::page::PageRequest;
use crate::tenants::credentials::functions::CheckCredential;
use crate::ui::{Button, Card, Notice, RelativeTime, Tone};

/// The result of the last check, and the button that checks again.
#[component]
pub fn Check(request: PageRequest, credential: Credential) -> impl IntoView {
    let checked = credential.last_checked_at.map(|at| {
        view! {
            <p class="text-small text-muted mb-2">
                "Checked " <RelativeTime at=at /> "."
            </p>
        }
    });
    let result = credential
        .check
        .map(|result| view! { <CheckNotice result=result /> });
    view! {
        <Card title="Check">
            <div class="mb-3 empty:hidden" aria-live="polite">
                {checked}
                {result}
            </div>
            <Form state=request.form(CheckCredential::url())>
                <input type="hidden" name="id" value=credential.id.to_string() />
                <Button>"Check credential"</Button>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn CheckNotice(result: CheckResult) -> impl IntoView {
    let (tone, title, state) = if result.accepted {
        (Tone::Ok, "The provider accepts this credential", "accepted")
    } else {
        (
            Tone::Bad,
            "The provider rejects this credential",
            "rejected",
        )
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
        <div data-testid="check-result" data-state=state>
            <Notice tone=tone title=title>
                <p>{result.message}</p>
                {line("Account: ", result.account)}
                {line("Identity: ", result.identity)}
                {result.next_step.map(|step| view! { <p>{step}</p> })}
            </Notice>
        </div>
    }
    .into_any()
}
