//! Reads the state of everything that belongs to a vCluster.

mod api;
pub(crate) mod endpoint;
mod pod;
mod troubles;

use crate::{
    apply,
    cache::{Kind, Snapshot},
    drift::drift,
    host::{Host, namespace_state},
    kubeconfig, labels,
    objects::{Objects, annotation, is_paused, is_paused_by_portal},
};
use domain::exposure::ExposureKind;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::{
    apps::v1::StatefulSet,
    core::v1::{Event, Pod, Secret, Service},
};
use kube::{ResourceExt, core::PartialObjectMeta};
use provisioning::ports::host_clusters::{
    ApiAnswer, Hosted, NamespaceState, Observation, PodObservation, Stopped, VirtualCluster,
    Workloads,
};
use std::sync::PoisonError;

/// The time of an observation, and the tolerance for transient conditions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ObservationTime {
    pub now: Timestamp,
    /// How long a transient condition is tolerated.
    pub patience: SignedDuration,
}

impl ObservationTime {
    /// Whether a condition that began at `since` has outlasted the tolerance; not if `since` is unknown.
    pub fn lasting(&self, since: Option<Timestamp>) -> bool {
        since.is_some_and(|since| self.now.duration_since(since) >= self.patience)
    }
}

pub(crate) async fn observe(host: &Host, cluster: &VirtualCluster) -> Hosted<Observation> {
    let name = cluster.name.as_str();
    let namespace = cluster.name.namespace();
    let found = host.cache.look(&namespace).await?;
    let found_namespace = host.namespace_in(&found, cluster).await?;
    let mut observation = nothing(namespace_state(found_namespace.as_ref(), cluster));
    // What is in another namespace, or in one that is being deleted, says nothing about the cluster.
    if observation.namespace != NamespaceState::Ours {
        return Ok(observation);
    }
    let nodes = endpoint::nodes(host, cluster).await?;
    let stateful_set: Option<StatefulSet> = found.get(Kind::StatefulSet, name);
    let service: Option<Service> = found.get(Kind::Service, name);
    let addresses = endpoint::certificate_addresses(stateful_set.as_ref(), &nodes);
    let mut wanted = Objects::wanted(cluster, &host.config, &addresses);
    observation.object_count = wanted.count();
    if let Some(set) = &stateful_set {
        let applied = annotation(set, labels::OBJECTS);
        observation.objects_current =
            applied.is_some() && applied == annotation(&wanted.stateful_set, labels::OBJECTS);
        observation.stopped = stopped(set);
        observation.replicas_ready = replicas_ready(set);
        observation.replicas_gone = replicas_gone(set);
        wanted.keep_claims(set);
    }
    if observation.replicas_gone && cluster.paused_at.is_some() {
        let pods = apply::workloads(host, cluster).await?;
        let is_ending = |pod: &&PartialObjectMeta<Pod>| pod.metadata.deletion_timestamp.is_some();
        let ending = pods.iter().filter(is_ending).count();
        observation.workloads = Workloads {
            running: pods.len() - ending,
            ending,
        };
    }
    if observation.objects_current {
        observation.drift = drift(host, &namespace, &wanted, &found);
    }
    observation.endpoint =
        endpoint::endpoint(cluster, &host.config, service.as_ref(), &nodes, &addresses);

    let pods: Vec<Pod> = found
        .all(Kind::Pod)
        .into_iter()
        .map(|(_, pod)| pod)
        .collect();
    let pod = control_plane_pod(&pods, name);
    let is_ready = pod.is_some_and(pod::is_ready);
    let secret = secret(host, cluster, &found, is_ready).await?;
    observation.kubeconfig = secret.is_there;
    let well = is_ready && observation.replicas_ready && observation.endpoint.is_some();
    let events: Vec<Event> = if well {
        Vec::new()
    } else {
        let events = found.all(Kind::Event).into_iter();
        events.map(|(_, event)| event).collect()
    };
    let time = ObservationTime {
        now: Timestamp::now(),
        patience: SignedDuration::try_from(host.timeouts.patience).unwrap_or(SignedDuration::MAX),
    };
    observation.pod = pod.map(|pod| PodObservation {
        trouble: troubles::of_pod(pod, &events, time),
        ..pod::observe(pod)
    });
    observation.trouble = match pod {
        None => stateful_set
            .as_ref()
            .and_then(|found| troubles::of_stateful_set(found, &events, time)),
        Some(_) if observation.endpoint.is_none() => service
            .as_ref()
            .and_then(|service| troubles::of_address(service, &events, time)),
        Some(_) => None,
    };
    if is_ready {
        let target = api::ApiTarget {
            cluster,
            endpoint: observation.endpoint.as_deref(),
            secret: secret.content.as_ref(),
        };
        observation.api = api::ask(host, target).await;
    }
    Ok(observation)
}

/// What is known of the Secret with the kubeconfig.
#[derive(Default)]
struct KubeconfigSecret {
    /// Whether it holds a kubeconfig.
    is_there: bool,
    /// Read only if something is asked with it.
    content: Option<Secret>,
}

/// Reads the Secret if it is new, or if the vCluster is asked with the credential in it.
async fn secret(
    host: &Host,
    cluster: &VirtualCluster,
    found: &Snapshot,
    is_ready: bool,
) -> Hosted<KubeconfigSecret> {
    let (namespace, name) = (cluster.name.namespace(), kubeconfig::secret_name(cluster));
    let known = || {
        let known = host.kubeconfigs.lock();
        known.unwrap_or_else(PoisonError::into_inner)
    };
    let Some(version) = found.version(Kind::Kubeconfig, &name) else {
        known().remove(&namespace);
        return Ok(KubeconfigSecret::default());
    };
    let is_there = known().get(&namespace) == Some(&version);
    let is_used = is_ready && cluster.exposure.kind() != ExposureKind::PortForward;
    if is_there && !is_used {
        return Ok(KubeconfigSecret {
            is_there,
            content: None,
        });
    }
    let content = host.secret(&namespace, &name).await?;
    let is_there = content.as_ref().is_some_and(kubeconfig::is_there);
    if is_there {
        known().insert(namespace, version);
    }
    Ok(KubeconfigSecret { is_there, content })
}

/// How the control plane was stopped, if it was.
fn stopped(found: &StatefulSet) -> Option<Stopped> {
    let replicas = found.spec.as_ref().and_then(|spec| spec.replicas);
    if is_paused(found) && is_paused_by_portal(found) {
        Some(Stopped::Paused)
    } else if is_paused(found) {
        Some(Stopped::PausedOnHost)
    } else {
        (replicas == Some(0)).then_some(Stopped::ScaledToZero)
    }
}

/// An observation without objects.
fn nothing(namespace: NamespaceState) -> Observation {
    Observation {
        namespace,
        objects_current: false,
        object_count: 0,
        drift: Vec::new(),
        stopped: None,
        pod: None,
        trouble: None,
        replicas_ready: false,
        replicas_gone: false,
        workloads: Workloads::default(),
        endpoint: None,
        kubeconfig: false,
        api: ApiAnswer::NotAsked,
    }
}

/// The relevant pod: not one that is terminating while its successor exists.
fn control_plane_pod<'a>(pods: &'a [Pod], name: &str) -> Option<&'a Pod> {
    let first = format!("{name}-0");
    pods.iter()
        .filter(|pod| pod.name_any() == first)
        .min_by_key(|pod| pod.metadata.deletion_timestamp.is_some())
}

/// Whether every desired replica is ready in the desired generation and revision. The controller writes its status in
/// several steps, and a ready pod of an old revision does not count.
fn replicas_ready(found: &StatefulSet) -> bool {
    let (Some(spec), Some(status)) = (&found.spec, &found.status) else {
        return false;
    };
    let wanted = spec.replicas.unwrap_or(1);
    wanted > 0
        && status.observed_generation >= found.metadata.generation
        && status.ready_replicas == Some(wanted)
        && status.current_revision == status.update_revision
}

/// Whether none is wanted and none is left.
fn replicas_gone(found: &StatefulSet) -> bool {
    let replicas = found.spec.as_ref().and_then(|spec| spec.replicas);
    let Some(status) = &found.status else {
        return false;
    };
    replicas == Some(0)
        && status.observed_generation >= found.metadata.generation
        && status.replicas == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stateful_set(observed: i64, ready: i32, revisions: [&str; 2]) -> StatefulSet {
        serde_json::from_value(json!({
            "metadata": {"name": "ci", "generation": 2},
            "spec": {"replicas": 1, "selector": {}, "template": {}},
            "status": {
                "observedGeneration": observed, "replicas": 1, "readyReplicas": ready,
                "currentRevision": revisions[0], "updateRevision": revisions[1],
            },
        }))
        .unwrap()
    }

    #[test]
    fn replicas_are_ready_only_in_the_generation_and_revision_that_is_wanted() {
        assert!(replicas_ready(&stateful_set(2, 1, ["a", "a"])));
        assert!(
            !replicas_ready(&stateful_set(1, 1, ["a", "a"])),
            "not seen yet"
        );
        assert!(!replicas_ready(&stateful_set(2, 1, ["a", "b"])), "old pod");
        assert!(
            !replicas_ready(&stateful_set(2, 0, ["a", "a"])),
            "not ready"
        );
        let mut paused = stateful_set(2, 0, ["a", "a"]);
        paused.spec.as_mut().unwrap().replicas = Some(0);
        assert!(!replicas_ready(&paused), "none wanted");
    }
}
