//! The progress of the control plane's pod.

use k8s_openapi::api::core::v1::{Container, ContainerStatus, Pod, PodCondition};
use provisioning::ports::host_clusters::PodObservation;

/// The state of a pod, without its troubles.
pub(super) fn observe(pod: &Pod) -> PodObservation {
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.clone());
    let missing = containers(pod).find(|container| !is_pulled(pod, container));
    let ready = is_ready(pod);
    PodObservation {
        images_pulled: ready || (node.is_some() && missing.is_none()),
        pulling: missing
            .filter(|_| node.is_some() && !ready)
            .and_then(|container| container.image.clone()),
        node,
        ready,
        trouble: None,
    }
}

/// Whether the pod is ready and not terminating.
pub(super) fn is_ready(pod: &Pod) -> bool {
    pod.metadata.deletion_timestamp.is_none()
        && condition(pod, "Ready").is_some_and(|condition| condition.status == "True")
}

pub(super) fn condition<'a>(pod: &'a Pod, kind: &str) -> Option<&'a PodCondition> {
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    conditions.iter().find(|condition| condition.type_ == kind)
}

/// The states of its containers, in the order in which they start.
pub(super) fn statuses(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    let status = pod.status.as_ref();
    let init = status.and_then(|status| status.init_container_statuses.as_deref());
    let main = status.and_then(|status| status.container_statuses.as_deref());
    let both = [init.unwrap_or_default(), main.unwrap_or_default()];
    both.into_iter().flatten()
}

fn containers(pod: &Pod) -> impl Iterator<Item = &Container> {
    let spec = pod.spec.as_ref();
    let init = spec.and_then(|spec| spec.init_containers.as_deref());
    let main = spec.map(|spec| spec.containers.as_slice());
    [init.unwrap_or_default(), main.unwrap_or_default()]
        .into_iter()
        .flatten()
}

/// A container's image is pulled once the container has started, whatever happened to it later.
fn is_pulled(pod: &Pod, container: &Container) -> bool {
    let Some(status) = statuses(pod).find(|status| status.name == container.name) else {
        return false;
    };
    let started = |state: &Option<_>| {
        state
            .as_ref()
            .is_some_and(|state: &k8s_openapi::api::core::v1::ContainerState| {
                state.running.is_some() || state.terminated.is_some()
            })
    };
    !status.image_id.is_empty() || started(&status.state) || started(&status.last_state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn pod(node: Option<&str>, status: Value) -> Pod {
        serde_json::from_value(json!({
            "metadata": {"name": "ci-0"},
            "spec": {
                "nodeName": node,
                "initContainers": [{"name": "kubernetes", "image": "r/kubernetes:v1"}],
                "containers": [{"name": "syncer", "image": "r/syncer:1"}],
            },
            "status": status,
        }))
        .unwrap()
    }

    fn container(name: &str, image_id: &str, state: Value) -> Value {
        json!({
            "name": name, "image": "", "imageID": image_id, "ready": false, "restartCount": 0,
            "state": state,
        })
    }

    #[test]
    fn the_image_that_is_being_pulled_is_named_in_the_order_of_starting() {
        let waiting = json!({"waiting": {"reason": "PodInitializing"}});
        let first = pod(Some("n1"), json!({"phase": "Pending"}));
        assert_eq!(observe(&first).pulling.as_deref(), Some("r/kubernetes:v1"));

        let second = pod(
            Some("n1"),
            json!({
                "initContainerStatuses": [container("kubernetes", "sha256:1", json!({"running": {}}))],
                "containerStatuses": [container("syncer", "", waiting)],
            }),
        );
        let seen = observe(&second);
        assert_eq!(seen.pulling.as_deref(), Some("r/syncer:1"));
        assert!(!seen.images_pulled);
    }

    #[test]
    fn nothing_is_pulled_before_there_is_a_node() {
        let seen = observe(&pod(None, json!({"phase": "Pending"})));
        assert_eq!(
            (seen.node, seen.pulling, seen.images_pulled),
            (None, None, false)
        );
    }

    #[test]
    fn a_ready_pod_has_all_it_needs() {
        let ready = json!({"conditions": [{"type": "Ready", "status": "True"}]});
        let seen = observe(&pod(Some("n1"), ready.clone()));
        assert!(seen.ready && seen.images_pulled && seen.pulling.is_none());

        let mut leaving = pod(Some("n1"), ready);
        leaving.metadata.deletion_timestamp = Some(
            k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(jiff::Timestamp::now()),
        );
        assert!(!observe(&leaving).ready);
    }
}
