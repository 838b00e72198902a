//! Stopping and starting, with what that saves and costs.

use domain::ids::NodeId;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::nodes::resource::why_not_stop;
use crate::ui::{Button, ButtonKind, Card};

/// The action that the state allows, and what it means; or why there is none.
#[component]
pub fn Power(node: Node, start: FormState, stop: FormState) -> impl IntoView {
    let id = node.id;
    let price = node.cost.price_per_hour;
    let content = match node.state {
        NodeState::Failed if node.allowed.start => view! {
            <p class="mb-3">
                "The launch failed and costs nothing. You can retry it with the same task."
            </p>
            <StartForm id=id form=start label="Retry launch" />
        }
        .into_any(),
        _ if node.allowed.stop => {
            let saving = price.map_or_else(
                || "Saves the cost of the machine".to_owned(),
                |price| format!("Saves {price} an hour"),
            );
            view! {
                <p class="mb-3">
                    {saving}
                    ". The disk and its data stay, at a low cost; running jobs end. Starting the node again takes a few minutes and requires capacity in its region."
                </p>
                <Form state=stop>
                    <input type="hidden" name="id" value=id.to_string() />
                    <Button>"Stop node"</Button>
                </Form>
            }
            .into_any()
        }
        _ if node.allowed.start => {
            let cost = price.map_or_else(
                || "The machine is charged again while it runs.".to_owned(),
                |price| format!("Costs {price} an hour again."),
            );
            view! {
                <p class="mb-3">{cost} " The disk is unchanged; the address may change."</p>
                <StartForm id=id form=start label="Start node" />
            }
            .into_any()
        }
        NodeState::Stopping => {
            "The node is stopping. The Overview tab shows the progress.".into_any()
        }
        NodeState::Starting => {
            "The node is starting. The Overview tab shows the progress.".into_any()
        }
        NodeState::Pending | NodeState::Provisioning => {
            "You can stop the node when it is ready. You can delete it at any time.".into_any()
        }
        NodeState::Failed => "The node has no machine to stop or start.".into_any(),
        _ => why_not_stop(&node)
            .unwrap_or("The node cannot be stopped or started right now.")
            .into_any(),
    };
    view! { <Card title="Stop and start">{content}</Card> }.into_any()
}

/// Starts a stopped node, or retries a failed launch.
#[component]
pub fn StartForm(id: NodeId, form: FormState, label: &'static str) -> impl IntoView {
    view! {
        <Form state=form>
            <input type="hidden" name="id" value=id.to_string() />
            <Button kind=ButtonKind::Primary>{label}</Button>
        </Form>
    }
    .into_any()
}
