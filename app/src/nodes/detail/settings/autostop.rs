//! What happens to the node when it is idle.

use domain::node::order::IdleAction;
use domain::node::view::Node;
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::nodes::resource::why_not_stop;
use crate::ui::{Button, Card, Choice, Field, Select, TextInput};

/// The current rule, and the form that changes it.
#[component]
pub fn AutostopCard(node: Node, form: FormState) -> impl IntoView {
    let rule = match node.autostop {
        Some(rule) => format!("This node {}.", rule.summary()),
        None => "This node keeps running.".to_owned(),
    };
    let form = node
        .allowed
        .autostop
        .then(|| view! { <AutostopForm node=node form=form /> });
    view! {
        <Card title="When idle">
            <p class="text-muted mb-3" role="status">
                {rule} " A node is idle while no job runs and no SSH session is open."
            </p>
            {form}
        </Card>
    }
    .into_any()
}

#[component]
fn AutostopForm(node: Node, form: FormState) -> impl IntoView {
    let why_not_stop = why_not_stop(&node);
    let rule = node.autostop;
    let minutes = rule.map_or_else(String::new, |rule| rule.idle_minutes.to_string());
    let action = rule.map_or(IdleAction::Delete, |rule| rule.then);
    let mut actions = vec![Choice::new(
        IdleAction::Delete.as_str(),
        "Delete it with its disk",
    )];
    if why_not_stop.is_none() {
        actions.push(Choice::new(
            IdleAction::Stop.as_str(),
            "Stop it and keep its disk",
        ));
    }
    view! {
        <Form state=form.clone() class="grid gap-3">
            <input type="hidden" name="id" value=node.id.to_string() />
            <div class="grid gap-3 items-start md:grid-cols-2">
                <Field
                    form=form.clone()
                    name="idle_minutes"
                    label="Idle timeout in minutes"
                    hint=|| "1 to 10080. Leave empty to keep the node running."
                >
                    <TextInput value=minutes r#type="number" placeholder="never" />
                </Field>
                <Field
                    form=form
                    name="idle_action"
                    label="Action"
                    hint=move || why_not_stop.unwrap_or_default()
                >
                    <Select choices=actions chosen=action.as_str() />
                </Field>
            </div>
            <div>
                <Button>"Save rule"</Button>
            </div>
        </Form>
    }
    .into_any()
}
