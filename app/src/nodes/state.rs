//! How a node's state looks and reads.

use domain::node::order::cannot_stop;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use crate::operation::{failure_words, step_words};
use crate::ui::{Badge, Tone};

/// The colour that goes with a state.
pub const fn tone(state: NodeState) -> Tone {
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

/// A state's badge.
#[component]
pub fn StateBadge(state: NodeState) -> impl IntoView {
    view! { <Badge tone=tone(state) label=state.title() /> }
}

/// What stands under the badge in a list: how far it is, or what is wrong.
pub fn note(node: &Node) -> Option<String> {
    match &node.failure {
        Some(failure) => Some(failure_words(failure.code).to_owned()),
        None if node.state.is_moving() => Some(step_words(&node.operation)),
        None => None,
    }
}

/// Why a machine like this node's cannot be stopped at all; `None`: it can.
pub fn why_not_stop(node: &Node) -> Option<&'static str> {
    let cloud = match &node.placement {
        Some(placement) => Some(placement.cloud.as_str()),
        None => node.spec.cloud.as_deref(),
    };
    cannot_stop(cloud, node.spec.spot)
}
