//! The check of a host cluster and its result.

use domain::platform::{HostCheck, MissingPermission};
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::ui::{Button, Notice, RelativeTime, Tone};

#[component]
pub fn Check(host: String, form: FormState) -> impl IntoView {
    let check = form.answer::<HostCheck>();
    let name = format!(" {host}");
    view! {
        <div class="mb-3 empty:hidden" aria-live="polite">
            {check.map(|check| view! { <CheckResult check=check /> })}
        </div>
        <Form state=form>
            <input type="hidden" name="host" value=host />
            <Button>
                "Check permissions"
                <span class="sr-only">{name}</span>
            </Button>
        </Form>
    }
    .into_any()
}

#[component]
fn CheckResult(check: HostCheck) -> impl IntoView {
    let summary = check.summary();
    let (tone, title, state) = if check.missing.is_empty() {
        (Tone::Ok, format!("The portal has {summary}"), "ok")
    } else {
        (
            Tone::Bad,
            format!("The portal lacks permissions: {summary}"),
            "missing",
        )
    };
    let missing = (!check.missing.is_empty()).then(|| {
        view! { <ul class="prose-list">{check.missing.into_iter().map(missing).collect_view()}</ul> }
    });
    view! {
        <div data-testid="host-check" data-state=state>
            <Notice tone=tone title=title>
                {missing}
                {check.next_step.map(|step| view! { <p>"Next step: " {step}</p> })}
                <p class="text-muted">"Checked " <RelativeTime at=check.checked_at /> "."</p>
            </Notice>
        </div>
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
