//! A cluster's state in colours and words.

use domain::cluster::{Cluster, ClusterState};
use leptos::prelude::*;

use crate::operation::{failure_summary, step_summary};
use crate::ui::{Badge, Tone};

const fn tone(state: ClusterState) -> Tone {
    match state {
        ClusterState::Ready => Tone::Ok,
        ClusterState::Pending | ClusterState::Provisioning | ClusterState::Deleting => Tone::Busy,
        ClusterState::Failed | ClusterState::Degraded => Tone::Bad,
        ClusterState::Deleted => Tone::Idle,
    }
}

#[component]
pub fn StateBadge(state: ClusterState) -> impl IntoView {
    view! { <Badge tone=tone(state) label=state.title() /> }
}

/// The line under the badge in a list: progress or failure.
pub fn note(cluster: &Cluster) -> Option<String> {
    match &cluster.failure {
        Some(failure) => Some(failure_summary(failure.code).to_owned()),
        None if cluster.state.is_moving() => Some(step_summary(&cluster.operation)),
        None => None,
    }
}
