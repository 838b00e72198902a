//! What a kubelet does next for a pod, read from the pod's own status: nothing is remembered elsewhere, so a restart
//! goes on where it was.

use serde_json::Value;

use crate::controllers::conditions;
use crate::kubernetes::object;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerAt {
    pub init: bool,
    pub index: usize,
}

impl ContainerAt {
    pub fn spec_field(self) -> &'static str {
        if self.init {
            "initContainers"
        } else {
            "containers"
        }
    }

    pub fn status_field(self) -> &'static str {
        if self.init {
            "initContainerStatuses"
        } else {
            "containerStatuses"
        }
    }

    pub fn spec(self, pod: &Value) -> &Value {
        &pod["spec"][self.spec_field()][self.index]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Accept,
    PullAndStart(ContainerAt),
    BackOffPull(ContainerAt),
    FinishInit(ContainerAt),
    Initialized,
    BackOffCrash(ContainerAt),
    Probe(ContainerAt),
    Stop,
}

impl Step {
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
        _ => Some(Step::PullAndStart(at)),
    }
}
