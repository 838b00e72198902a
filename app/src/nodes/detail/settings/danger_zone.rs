//! What the deletion of a node removes.

use domain::node::view::Node;
use leptos::prelude::*;

use crate::form::FormState;
use crate::resource::DeletionZone;

#[component]
pub fn DangerZone(node: Node, form: FormState) -> impl IntoView {
    let losses = losses(&node);
    view! {
        <DeletionZone resource=(&node).into() form=form>
            <ul class="prose-list">{losses}</ul>
        </DeletionZone>
    }
}

fn losses(node: &Node) -> impl IntoView + use<> {
    let machine = format!("{} ({})", node.spec.summary(), node.machine);
    let cost = match node.cost.price_per_hour {
        Some(price) if node.cost.charged => {
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
