//! What a kubelet does next for a pod, read from the pod's own status: nothing is remembered elsewhere, so a restart
//! goes on where it was.

use serde_json::Value;

use crate::controllers::conditions;
use crate::kubernetes::object;

/// One container of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerAt {
    /// Whether it is an init container.
    pub init: bool,
    /// Its place in the list.
    pub index: usize,
}

impl ContainerAt {
    /// The pod's field that describes the container.
    pub fn spec_field(self) -> &'static str {
        if self.init {
            "initContainers"
        } else {
            "containers"
        }
    }

    /// The status field that tells how it is.
    pub fn status_field(self) -> &'static str {
        if self.init {
            "initContainerStatuses"
        } else {
            "containerStatuses"
        }
    }

    /// What the pod says about it.
    pub fn spec(self, pod: &Value) -> &Value {
        &pod["spec"][self.spec_field()][self.index]
    }
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write the first status.
    Accept,
    /// Pull the image and start the container.
    PullAndStart(ContainerAt),
    /// Wait after a failed pull, longer each time.
    BackOffPull(ContainerAt),
    /// An init container has done its work.
    FinishInit(ContainerAt),
    /// All init containers have; the others may start.
    Initialized,
    /// Wait after an exit.
    BackOffCrash(ContainerAt),
    /// Ask whether the container answers.
    Probe(ContainerAt),
    /// End the containers and confirm.
    Stop,
}

impl Step {
    /// How many units of the pace it takes.
    pub fn units(self) -> u32 {
        match self {
            Self::Accept | Self::Initialized => 0,
            Self::FinishInit(_) | Self::BackOffPull(_) | Self::BackOffCrash(_) | Self::Stop => 1,
            Self::PullAndStart(ContainerAt { init: true, .. }) => 2,
            Self::PullAndStart(_) => 3,
            Self::Probe(_) => 2,
        }
    }
}

/// The next step for a pod on this kubelet's nodes, if there is one.
pub fn next(pod: &Value) -> Option<Step> {
    if object::is_terminating(pod) {
        return Some(Step::Stop);
    }
    if pod.pointer("/status/containerStatuses").is_none() {
        return Some(Step::Accept);
    }
    if let Some(step) = of_containers(pod, true) {
        return Some(step);
    }
    if !conditions::is_true(pod, "Initialized") {
        return Some(Step::Initialized);
    }
    of_containers(pod, false)
}

fn of_containers(pod: &Value, init: bool) -> Option<Step> {
    let field = ContainerAt { init, index: 0 }.status_field();
    object::items(pod["status"].get(field))
        .iter()
        .enumerate()
        .find_map(|(index, status)| of_container(status, ContainerAt { init, index }))
}

fn of_container(status: &Value, at: ContainerAt) -> Option<Step> {
    let state = &status["state"];
    if state.get("running").is_some() {
        return match (at.init, status["ready"] == true) {
            (true, _) => Some(Step::FinishInit(at)),
            (false, false) => Some(Step::Probe(at)),
            (false, true) => None,
        };
    }
    if let Some(end) = state.get("terminated") {
        return (!at.init || end["exitCode"] != 0).then_some(Step::BackOffCrash(at));
    }
    match state.pointer("/waiting/reason").and_then(Value::as_str) {
        Some("ErrImagePull") => Some(Step::BackOffPull(at)),
        // A broken name stays broken until the pod is replaced.
        Some("InvalidImageName") => None,
        _ => Some(Step::PullAndStart(at)),
    }
}
