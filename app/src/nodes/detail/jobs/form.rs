//! A command for the queue.

use domain::ids::NodeId;
use domain::node::job::JobInput;
use domain::problem::Problem;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::address;
use crate::nodes::detail::api::SubmitJob;
use crate::problem_page::problem_notice;
use crate::ui::{Button, ButtonKind, Card, Field, TextArea, TextInput, tw};

/// Name and command. After a command has been taken the form is empty again.
#[component]
pub fn SubmitForm(
    id: NodeId,
    submit: ServerAction<SubmitJob>,
    /// What was wrong with the plain form that led here.
    problem: Option<Problem>,
) -> impl IntoView {
    let JobInput { name, run } = use_query_map().with_untracked(address::typed);
    let first = StoredValue::new(problem);
    let problem = Signal::derive(move || match submit.value().get() {
        Some(Err(refusal)) => Some(refusal.0),
        Some(Ok(())) => None,
        None => first.get_value(),
    });
    let error = move |field: &'static str| {
        Signal::derive(move || problem.get()?.field(field).map(str::to_owned))
    };
    // The page shows what was wrong with a plain form by itself.
    let whole = move || {
        submit.version().get();
        let refused = matches!(submit.value().get(), Some(Err(_)));
        problem
            .get()
            .filter(|problem| refused && problem.fields.is_empty())
            .map(problem_notice)
    };
    let form = NodeRef::<html::Form>::new();
    Effect::new(move || {
        if matches!(submit.value().get(), Some(Ok(())))
            && let Some(form) = form.get_untracked()
        {
            form.reset();
        }
    });
    let pending = submit.pending();
    view! {
        <Card title="Run a command">
            <div class="mb-3 empty:hidden">{whole}</div>
            <ActionForm action=submit node_ref=form attr:class=tw("grid gap-3")>
                    <input type="hidden" name="id" value=id.to_string() />
                    <Field
                        id="job-run"
                        label="Command"
                        hint=|| {
                            "Runs on the node as a shell script, after the jobs before it. It goes on when you close this page."
                        }
                        error=error("run")
                    >
                        <TextArea
                            name="input[run]"
                            value=run
                            rows=5
                            placeholder="python train.py --epochs 3"
                        />
                    </Field>
                    <Field id="job-name" label="Name, if you like" error=error("name")>
                        <TextInput
                            name="input[name]"
                            value=name.unwrap_or_default()
                            placeholder="train"
                            max_length=40
                        />
                    </Field>
                    <div>
                        <Button kind=ButtonKind::Primary disabled=pending>
                            {move || if pending.get() { "Submitting …" } else { "Submit" }}
                        </Button>
                    </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
