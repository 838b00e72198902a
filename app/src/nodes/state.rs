//! A node's state in colours and words.

use domain::node::order::cannot_stop;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use crate::operation::{failure_summary, step_summary};
use crate::ui::{Badge, Tone};

const fn tone(state: NodeState) -> Tone {
    match state {
        NodeState::Ready => Tone::Ok,
        NodeState::Pending
        | NodeState::Provisioning
        | NodeState::Stopping
        | NodeState::Starting
        | NodeState::Deleting => Tone::Busy,
        NodeState::Failed | NodeState::Degraded => Tone::Bad,
        NodeState::Stopped | NodeState::Deleted => Tone::Idle,
    }
}

#[component]
pub fn StateBadge(state: NodeState) -> impl IntoView {
    view! { <Badge tone=tone(state) label=state.title() /> }
}

/// The line under the badge in a list: progress or failure.
pub fn note(node: &Node) -> Option<String> {
    match &node.failure {
        Some(failure) => Some(failure_summary(failure.code).to_owned()),
        None if node.state.is_moving() => Some(step_summary(&node.operation)),
        None => None,
    }
}

/// Why this node's machine cannot be stopped; `None` if it can.
pub fn why_not_stop(node: &Node) -> Option<&'static str> {
    let cloud = match &node.placement {
        Some(placement) => Some(placement.cloud.as_str()),
        None => node.spec.cloud.as_deref(),
    };
    cannot_stop(cloud, node.spec.spot)
}
