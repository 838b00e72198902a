//! When the node stops or goes down by itself for want of work.

use domain::node::order::IdleAction;
use domain::node::view::Node;
use domain::problem::Problem;
use leptos::prelude::*;

use crate::nodes::detail::api::SetAutostop;
use crate::nodes::state::why_not_stop;
use crate::problem_page::problem_notice;
use crate::ui::{Button, Card, Choice, Field, Select, TextInput, tw};

/// The rule as it is, and the form that changes it.
#[component]
pub fn IdleRule(
    node: RwSignal<Node>,
    /// What was wrong with the plain form that led here.
    problem: Option<Problem>,
) -> impl IntoView {
    let change = ServerAction::<SetAutostop>::new();
    // The answer is the node as it is now; the page need not wait to be told.
    Effect::new(move || {
        if let Some(Ok(changed)) = change.value().get() {
            node.set(changed);
        }
    });
    let rule = move || {
        node.with(|node| match node.autostop {
            Some(rule) => format!("It {} now.", rule.words()),
            None => "It goes on now, however long nobody uses it.".to_owned(),
        })
    };
    let changeable = Memo::new(move |_| node.with(|node| node.allowed.autostop));
    let problem = StoredValue::new(problem);
    let form = move || {
        changeable
            .get()
            .then(|| view! { <ChangeForm node=node change=change problem=problem.get_value() /> })
    };
    view! {
        <Card title="When idle">
            <p class="text-muted mb-3">
                {rule} " Idle means: no job runs and nobody is signed in by SSH."
            </p>
            {form}
        </Card>
    }
    .into_any()
}

#[component]
fn ChangeForm(
    node: RwSignal<Node>,
    change: ServerAction<SetAutostop>,
    problem: Option<Problem>,
) -> impl IntoView {
    let (id, rule, why_not_stop) =
        node.with_untracked(|node| (node.id, node.autostop, why_not_stop(node)));
    let minutes = rule.map_or_else(String::new, |rule| rule.idle_minutes.to_string());
    let chosen = rule.map_or(IdleAction::TakeDown, |rule| rule.then);
    let mut choices = vec![Choice {
        value: IdleAction::TakeDown.as_str().to_owned(),
        label: "Take it down, disk and all".to_owned(),
    }];
    if why_not_stop.is_none() {
        choices.push(Choice {
            value: IdleAction::Stop.as_str().to_owned(),
            label: "Stop it; its disk stays".to_owned(),
        });
    }
    let first = StoredValue::new(problem);
    let problem = Signal::derive(move || match change.value().get() {
        Some(Err(refusal)) => Some(refusal.0),
        Some(Ok(_)) => None,
        None => first.get_value(),
    });
    let error = move |field: &'static str| {
        Signal::derive(move || problem.get()?.field(field).map(str::to_owned))
    };
    // The page shows what was wrong with a plain form by itself.
    let whole = move || {
        let refused = matches!(change.value().get(), Some(Err(_)));
        problem
            .get()
            .filter(|problem| refused && problem.fields.is_empty())
            .map(problem_notice)
    };
    let saved = move || {
        let saved = matches!(change.value().get(), Some(Ok(_))) && !change.pending().get();
        saved.then_some("Saved.")
    };
    view! {
        <div class="mb-3 empty:hidden">{whole}</div>
        <ActionForm action=change attr:class=tw("grid gap-3")>
            <input type="hidden" name="id" value=id.to_string() />
            <div class="grid gap-3 items-start md:grid-cols-2">
                <Field
                    id="idle-minutes"
                    label="After so many idle minutes"
                    hint=|| "Empty: never."
                    error=error("idle_minutes")
                >
                    <TextInput
                        name="idle_minutes"
                        value=minutes
                        placeholder="never"
                        attr:inputmode="numeric"
                    />
                </Field>
                <Field
                    id="idle-action"
                    label="Then"
                    hint=move || why_not_stop.unwrap_or("")
                    error=error("idle_action")
                >
                    <Select name="idle_action" choices=choices chosen=chosen.as_str() />
                </Field>
            </div>
            <div class="flex items-center gap-3">
                <Button disabled=change.pending()>"Save"</Button>
                <span class="text-ok" role="status">
                    {saved}
                </span>
            </div>
        </ActionForm>
    }
    .into_any()
}
