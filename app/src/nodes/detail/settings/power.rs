//! Stopping and starting, with what that saves and costs.

use domain::ids::NodeId;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use crate::nodes::detail::api::{StartNode, StopNode};
use crate::nodes::state::why_not_stop;
use crate::problem_page::problem_notice;
use crate::ui::{Button, ButtonKind, Card};

/// The one button that fits, and what pressing it means; or why there is none.
#[component]
pub fn Power(node: RwSignal<Node>) -> impl IntoView {
    let id = node.with_untracked(|node| node.id);
    let situation = Memo::new(move |_| {
        node.with(|node| {
            (
                node.state,
                node.allowed.stop,
                node.allowed.start,
                node.cost.price_per_hour,
                why_not_stop(node),
            )
        })
    });
    let content = move || {
        let (state, stop, start, price, why_not) = situation.get();
        let saved = price.map_or_else(
            || "Saves what the machine costs".to_owned(),
            |price| format!("Saves {price} an hour"),
        );
        let again = price.map_or_else(
            || "It costs again while it runs.".to_owned(),
            |price| format!("It costs {price} an hour again."),
        );
        match state {
            NodeState::Failed if start => view! {
                <p class="mb-3">
                    "The launch came to nothing and costs nothing. It can be tried again with the same task."
                </p>
                <StartForm id=id label="Try the launch again" />
            }
            .into_any(),
            _ if stop => view! {
                <p class="mb-3">
                    {saved}
                    ". The disk stays, with everything on it, and costs a little; running jobs end. \
                     Starting it again takes a few minutes and depends on the region having room."
                </p>
                <StopForm id=id />
            }
            .into_any(),
            _ if start => view! {
                <p class="mb-3">
                    {again}
                    " Its disk is as it was left; its address may be another one."
                </p>
                <StartForm id=id label="Start" />
            }
            .into_any(),
            NodeState::Stopping => "It is being stopped. The overview shows how far it is.".into_any(),
            NodeState::Starting => "It is being started. The overview shows how far it is.".into_any(),
            NodeState::Pending | NodeState::Provisioning => {
                "It can be stopped once it is ready; it can be taken down at any time.".into_any()
            }
            NodeState::Failed => {
                "There is no machine that could be stopped or started.".into_any()
            }
            _ => why_not
                .unwrap_or("It can be neither stopped nor started at the moment.")
                .into_any(),
        }
    };
    view! { <Card title="Stop and start">{content}</Card> }.into_any()
}

#[component]
fn StopForm(id: NodeId) -> impl IntoView {
    let stop = ServerAction::<StopNode>::new();
    let pending = stop.pending();
    let problem = move || match stop.value().get() {
        Some(Err(refusal)) => Some(problem_notice(refusal.0)),
        _ => None,
    };
    view! {
        <div class="mb-3 empty:hidden">{problem}</div>
        <ActionForm action=stop>
            <input type="hidden" name="id" value=id.to_string() />
            <Button disabled=pending>
                {move || if pending.get() { "Stopping …" } else { "Stop" }}
            </Button>
        </ActionForm>
    }
    .into_any()
}

/// Starts a stopped node, or a launch that came to nothing.
#[component]
pub fn StartForm(id: NodeId, label: &'static str) -> impl IntoView {
    let start = ServerAction::<StartNode>::new();
    let pending = start.pending();
    let problem = move || match start.value().get() {
        Some(Err(refusal)) => Some(problem_notice(refusal.0)),
        _ => None,
    };
    view! {
        <div class="mb-3 empty:hidden">{problem}</div>
        <ActionForm action=start>
            <input type="hidden" name="id" value=id.to_string() />
            <Button kind=ButtonKind::Primary disabled=pending>
                {move || if pending.get() { "Starting …" } else { label }}
            </Button>
        </ActionForm>
    }
    .into_any()
}
