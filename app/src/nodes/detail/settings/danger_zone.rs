//! The node's deletion.

use domain::node::view::Node;
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::ui::{Button, ButtonKind, Field, Icon, Symbol, TextInput};

#[component]
pub fn DangerZone(node: Node, form: FormState) -> impl IntoView {
    let name = node.name.to_string();
    let losses = losses(&node);
    view! {
        <section
            aria-labelledby="danger"
            class="bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad">
                "Delete this node"
            </h2>
            <p class="mt-1">"A deleted node cannot be restored. This removes:"</p>
            <ul class="prose-list mt-2 mb-4 text-muted">{losses}</ul>
            <Form state=form.clone() class="grid gap-3">
                <input type="hidden" name="id" value=node.id.to_string() />
                <Field form=form name="confirmation" label=format!("Type {name} to confirm")>
                    <TextInput confirms=name />
                </Field>
                <div>
                    <Button kind=ButtonKind::Danger>
                        <Icon symbol=Symbol::Trash size=16 />
                        "Delete node"
                    </Button>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

fn losses(node: &Node) -> impl IntoView + use<> {
    let machine = format!("{} ({})", node.spec.summary(), node.machine);
    let cost = match node.cost.price_per_hour {
        Some(price) if node.cost.running => {
            format!(" of {price} an hour; {} so far", node.cost.so_far)
        }
        _ => format!("; {} so far", node.cost.so_far),
    };
    view! {
        <li>
            <b class="text-text">"The machine"</b>
            ": "
            {machine}
        </li>
        <li>
            <b class="text-text">"Its disk"</b>
            " and all data on it"
        </li>
        <li>
            <b class="text-text">"Its jobs"</b>
            ", running ones included, and "
            <b class="text-text">"their logs"</b>
        </li>
        <li>
            <b class="text-text">"Its cost"</b>
            {cost}
        </li>
    }
}
