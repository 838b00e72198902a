//! How a cluster's state looks and reads.

use domain::cluster::{Cluster, ClusterState};
use leptos::prelude::*;

use crate::operation::{failure_words, step_words};
use crate::ui::{Badge, Tone};

/// The colour that goes with a state.
pub const fn tone(state: ClusterState) -> Tone {
    match state {
        ClusterState::Ready => Tone::Ok,
        ClusterState::Pending | ClusterState::Provisioning | ClusterState::Deleting => Tone::Busy,
        ClusterState::Failed | ClusterState::Degraded => Tone::Bad,
        ClusterState::Deleted => Tone::Idle,
    }
}

/// A state's badge.
#[component]
pub fn StateBadge(state: ClusterState) -> impl IntoView {
    view! { <Badge tone=tone(state) label=state.title() /> }
}

/// What stands under the badge in a list: how far it is, or what is wrong.
pub fn note(cluster: &Cluster) -> Option<String> {
    match &cluster.failure {
        Some(failure) => Some(failure_words(failure.code).to_owned()),
        None if cluster.state.is_moving() => Some(step_words(&cluster.operation)),
        None => None,
    }
}
