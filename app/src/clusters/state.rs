//! How a cluster's state looks and reads.

use domain::cluster::{Cluster, ClusterState};
use domain::failure::FailureCode;
use leptos::prelude::*;

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
        None if cluster.state.is_moving() => Some(step_words(cluster)),
        None => None,
    }
}

/// “step 4 of 7”.
pub fn step_words(cluster: &Cluster) -> String {
    let (done, all) = cluster.operation.progress();
    format!("step {} of {all}", (done + 1).min(all))
}

/// A failure in a few words, for where a sentence has no room.
pub const fn failure_words(code: FailureCode) -> &'static str {
    match code {
        FailureCode::ImagePull => "image cannot be pulled",
        FailureCode::Unschedulable => "no room on the host",
        FailureCode::QuotaExceeded => "host quota reached",
        FailureCode::CrashLoop => "control plane keeps ending",
        FailureCode::ContainerConfig => "pod configuration is incomplete",
        FailureCode::Volume => "no volume to be had",
        FailureCode::NoAddress => "no address yet",
        FailureCode::HostUnreachable => "host does not answer",
        FailureCode::HostUnauthorized => "host refuses our credential",
        FailureCode::HostForbidden => "a right on the host is missing",
        FailureCode::HostRefused => "host refuses an object",
        FailureCode::NamespaceTaken => "namespace is taken",
        FailureCode::ObjectsMissing => "objects were removed",
        FailureCode::NotAnswering => "API does not answer",
        FailureCode::DeletionHeld => "host holds something back",
        FailureCode::TakesTooLong => "takes longer than it should",
    }
}
