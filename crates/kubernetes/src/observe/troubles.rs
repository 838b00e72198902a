//! Why a vCluster does not work: pure functions of what the host reports.

use super::{ObservationTime, pod};
use crate::{
    errors::LONGEST,
    events::{first_seen, last_seen},
};
use domain::{failure::FailureCode, outside_text::readable};
use jiff::Timestamp;
use k8s_openapi::api::{
    apps::v1::StatefulSet,
    core::v1::{ContainerStatus, Event, Pod, Service},
};
use kube::ResourceExt;
use provisioning::ports::host_clusters::Trouble;

/// Why the control plane's pod does not start or keep running.
pub(super) fn of_pod(pod: &Pod, events: &[Event], time: ObservationTime) -> Option<Trouble> {
    if pod::is_ready(pod) || pod.metadata.deletion_timestamp.is_some() {
        return None;
    }
    pod::statuses(pod)
        .find_map(|status| of_container(pod, status, events, time))
        .or_else(|| of_scheduling(pod, events, time))
        .or_else(|| of_eviction(pod))
        .or_else(|| of_mounts(pod, events, time))
}

fn of_container(
    pod: &Pod,
    status: &ContainerStatus,
    events: &[Event],
    time: ObservationTime,
) -> Option<Trouble> {
    let state = status.state.as_ref()?;
    if let Some(ended) = &state.terminated {
        // Not restarted yet; the back-off that follows shows whether the condition lasts.
        return (ended.exit_code != 0).then(|| crash(status, ended, false));
    }
    let waiting = state.waiting.as_ref()?;
    let reason = waiting.reason.as_deref()?;
    let said = waiting.message.as_deref().unwrap_or(reason);
    let (code, lasting) = match reason {
        "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" => {
            (FailureCode::ImagePull, true)
        }
        "ErrImagePull" | "RegistryUnavailable" => (FailureCode::ImagePull, false),
        "CrashLoopBackOff" => {
            let ended = status
                .last_state
                .as_ref()
                .and_then(|s| s.terminated.as_ref());
            return Some(match ended {
                Some(ended) => crash(status, ended, true),
                None => trouble(FailureCode::CrashLoop, said, true),
            });
        }
        // The missing object may still be created.
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => (
            FailureCode::ContainerConfig,
            time.lasting(pod.creation_timestamp().map(|time| time.0)),
        ),
        _ => return None,
    };
    let message = match (code, reason) {
        // The event has the reason; the back-off only says that kubelet waits.
        (FailureCode::ImagePull, "ImagePullBackOff") if !said.contains("ErrImagePull") => {
            newest(events, "Pod", &pod.name_any(), &["Failed"])
                .and_then(|event| event.message.clone())
                .filter(|message| message.contains("pull"))
                .unwrap_or_else(|| said.to_owned())
        }
        _ => said.to_owned(),
    };
    Some(trouble(code, message, lasting))
}

fn crash(
    status: &ContainerStatus,
    ended: &k8s_openapi::api::core::v1::ContainerStateTerminated,
    lasting: bool,
) -> Trouble {
    let why = ended.reason.as_deref().filter(|reason| *reason != "Error");
    let why = why.map_or_else(String::new, |reason| format!(" ({reason})"));
    let said = ended.message.as_deref().map(str::trim).unwrap_or_default();
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(": {said}")
    };
    let message = format!(
        "Container {} exited with code {}{why} and was started {} times{said}",
        status.name,
        ended.exit_code,
        status.restart_count + 1,
    );
    trouble(FailureCode::CrashLoop, message, lasting)
}

fn of_scheduling(pod: &Pod, events: &[Event], time: ObservationTime) -> Option<Trouble> {
    let scheduled = pod::condition(pod, "PodScheduled")?;
    if scheduled.status != "False" || scheduled.reason.as_deref() != Some("Unschedulable") {
        return None;
    }
    let said = scheduled.message.as_deref().unwrap_or("Unschedulable");
    let since = scheduled.last_transition_time.as_ref().map(|time| time.0);
    let lasting = time.lasting(since.or(pod.creation_timestamp().map(|time| time.0)));
    let about_volume =
        said.contains("PersistentVolumeClaim") || said.contains("volume node affinity");
    if !about_volume {
        return Some(trouble(FailureCode::Unschedulable, said, lasting));
    }
    // The scheduler says that the volume is missing, and the claim's event says why.
    let why = claim_refusal(pod, events).and_then(|event| event.message.clone());
    let message = why.map_or_else(|| said.to_owned(), |why| format!("{said} {why}"));
    Some(trouble(FailureCode::Volume, message, lasting))
}

fn of_eviction(pod: &Pod) -> Option<Trouble> {
    let status = pod.status.as_ref()?;
    if status.phase.as_deref() != Some("Failed") {
        return None;
    }
    let reason = status.reason.as_deref().unwrap_or("Failed");
    let said = status.message.as_deref().unwrap_or("no reason given");
    // The StatefulSet creates another pod.
    Some(trouble(
        FailureCode::CrashLoop,
        format!("{reason}: {said}"),
        false,
    ))
}

fn of_mounts(pod: &Pod, events: &[Event], time: ObservationTime) -> Option<Trouble> {
    let name = pod.name_any();
    let has_node = pod
        .spec
        .as_ref()
        .is_some_and(|spec| spec.node_name.is_some());
    let event = if has_node {
        let reasons = ["FailedMount", "FailedAttachVolume", "FailedMapVolume"];
        let failed = newest(events, "Pod", &name, &reasons)?;
        // Events outlive their cause. Images are pulled only after all volumes are mounted.
        let went_on = newest(
            events,
            "Pod",
            &name,
            &["Pulling", "Pulled", "Created", "Started"],
        );
        if went_on.is_some_and(|later| last_seen(later) > last_seen(failed))
            || last_seen(failed) < pod.creation_timestamp().map(|time| time.0)
        {
            return None;
        }
        failed
    } else {
        claim_refusal(pod, events)?
    };
    let said = event
        .message
        .as_deref()
        .unwrap_or("A volume cannot be provisioned.");
    Some(trouble(
        FailureCode::Volume,
        said,
        time.lasting(first_seen(event)),
    ))
}

/// Why a claim of the pod has no volume.
fn claim_refusal<'a>(pod: &Pod, events: &'a [Event]) -> Option<&'a Event> {
    let claims = pod.spec.as_ref()?.volumes.as_ref()?;
    let mut claims = claims
        .iter()
        .filter_map(|volume| volume.persistent_volume_claim.as_ref());
    let reasons = ["ProvisioningFailed", "FailedBinding"];
    claims.find_map(|claim| newest(events, "PersistentVolumeClaim", &claim.claim_name, &reasons))
}

/// Why the StatefulSet cannot create its pod.
pub(super) fn of_stateful_set(
    found: &StatefulSet,
    events: &[Event],
    time: ObservationTime,
) -> Option<Trouble> {
    if found.spec.as_ref().and_then(|spec| spec.replicas) == Some(0) {
        return None;
    }
    let name = found.name_any();
    let failed = newest(events, "StatefulSet", &name, &["FailedCreate"])?;
    // Only events report this; a later success means that the pod was created and is gone again.
    let made = newest(events, "StatefulSet", &name, &["SuccessfulCreate"]);
    if made.is_some_and(|made| last_seen(made) > last_seen(failed)) {
        return None;
    }
    let said = failed
        .message
        .as_deref()
        .unwrap_or("The pod cannot be created.");
    Some(if said.contains("exceeded quota") {
        trouble(FailureCode::QuotaExceeded, said, true)
    } else {
        trouble(
            FailureCode::HostRefused,
            said,
            time.lasting(first_seen(failed)),
        )
    })
}

/// Why a Service gets no address.
pub(super) fn of_address(
    service: &Service,
    events: &[Event],
    time: ObservationTime,
) -> Option<Trouble> {
    let is_balanced = service.spec.as_ref().and_then(|spec| spec.type_.as_deref());
    if is_balanced != Some("LoadBalancer") {
        return None;
    }
    let lasting = time.lasting(service.creation_timestamp().map(|time| time.0));
    let reasons = ["SyncLoadBalancerFailed", "AllocationFailed"];
    match newest(events, "Service", &service.name_any(), &reasons) {
        Some(event) => {
            let said = event
                .message
                .as_deref()
                .unwrap_or("The load balancer failed.");
            Some(trouble(FailureCode::NoAddress, said, lasting))
        }
        None if lasting => Some(trouble(
            FailureCode::NoAddress,
            "The host's load balancer has not assigned an address to the Service and reports no reason.",
            true,
        )),
        None => None,
    }
}

/// The newest event of an object with one of the reasons.
fn newest<'a>(events: &'a [Event], kind: &str, name: &str, reasons: &[&str]) -> Option<&'a Event> {
    events
        .iter()
        .filter(|event| {
            event.involved_object.kind.as_deref() == Some(kind)
                && event.involved_object.name.as_deref() == Some(name)
                && event
                    .reason
                    .as_deref()
                    .is_some_and(|reason| reasons.contains(&reason))
        })
        .max_by_key(|event| last_seen(event).unwrap_or(Timestamp::MIN))
}

fn trouble(code: FailureCode, message: impl AsRef<str>, lasting: bool) -> Trouble {
    Trouble {
        code,
        message: readable(message.as_ref(), LONGEST),
        lasting,
    }
}

#[cfg(test)]
#[path = "troubles_tests.rs"]
mod tests;
