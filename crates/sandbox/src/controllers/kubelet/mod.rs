//! The kubelets of all nodes in one: they pull, start, probe and stop the containers of pods, step by step. Only what a
//! [`Workload`] provides really runs.

mod logs;
mod status;
mod step;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::timers::Timers;
use super::{Cluster, Controller, EventType};
use crate::kubernetes::resources::PODS;
use crate::kubernetes::{Delete, GroupResource, Key, object};
pub use logs::Logs;
use step::{ContainerAt, Step};

const COMPONENT: &str = "kubelet";

pub trait Workload: Send + Sync + 'static {
    /// A container starts. An error is the last line of its log: it exits with it.
    fn start(&self, pod: &Value, container: &Value) -> Result<(), String>;

    fn is_ready(&self, pod: &Value) -> bool;

    fn stop(&self, pod: &Value);
}

pub struct Kubelet {
    cluster: Cluster,
    workload: Arc<dyn Workload>,
    logs: Logs,
    steps: Timers<Step>,
    addresses_given: AtomicU16,
}

impl Kubelet {
    pub fn new(cluster: &Cluster, workload: Arc<dyn Workload>, logs: Logs) -> Self {
        Self {
            cluster: cluster.clone(),
            workload,
            logs,
            steps: Timers::new(cluster.pace),
            addresses_given: AtomicU16::new(0),
        }
    }

    /// Starts again what ran before a restart of the sandbox.
    pub fn resume(&self) {
        for pod in self.cluster.store.list(PODS, None).0 {
            let running = object::items(pod.pointer("/status/containerStatuses"))
                .iter()
                .enumerate()
                .filter(|(_, status)| status.pointer("/state/running").is_some());
            for (index, _) in running {
                let at = ContainerAt { init: false, index };
                if let Err(last_words) = self.workload.start(&pod, at.spec(&pod)) {
                    let name = at.spec(&pod)["name"].as_str().unwrap_or_default();
                    self.logs.append(&pod, name, &last_words);
                    self.write(&Key::of(PODS, &pod), |pod| {
                        status::terminate(pod, at, 1, &last_words);
                    });
                }
            }
        }
    }

    fn begin(&self, pod: &Value, step: Step) {
        if let Step::PullAndStart(at) = step {
            let message = format!("Pulling image \"{}\"", image(pod, at));
            self.tell(pod, EventType::Normal, "Pulling", &message);
        }
        if step == Step::Stop {
            self.workload.stop(pod);
            for container in object::items(pod.pointer("/spec/containers")) {
                let name = container["name"].as_str().unwrap_or_default();
                let message = format!("Stopping container {name}");
                self.tell(pod, EventType::Normal, "Killing", &message);
            }
        }
    }

    fn take(&self, key: &Key, pod: &Value, step: Step) {
        match step {
            Step::Accept => {
                let address = self.next_address();
                self.write(key, |pod| status::accept(pod, address));
            }
            Step::PullAndStart(at) => self.pull_and_start(key, pod, at),
            Step::BackOffPull(at) => {
                let message = format!("Back-off pulling image \"{}\"", image(pod, at));
                self.tell(pod, EventType::Normal, "BackOff", &message);
                self.tell(pod, EventType::Warning, "Failed", "Error: ImagePullBackOff");
                self.write(key, |pod| {
                    status::wait(pod, at, "ImagePullBackOff", &message)
                });
            }
            Step::FinishInit(at) => self.write(key, |pod| status::terminate(pod, at, 0, "")),
            Step::Initialized => self.write(key, status::initialized),
            Step::BackOffCrash(at) => {
                let name = at.spec(pod)["name"].as_str().unwrap_or_default();
                let message = format!(
                    "Back-off restarting failed container {name} in pod {}_{}({})",
                    key.name,
                    key.namespace,
                    object::uid(pod)
                );
                self.tell(pod, EventType::Warning, "BackOff", &message);
                self.write(key, |pod| status::crash_loop(pod, at));
            }
            Step::Probe(at) => {
                if self.workload.is_ready(pod) {
                    self.write(key, |pod| status::ready(pod, at));
                }
            }
            Step::Stop => self.confirm_end(key, pod),
        }
    }

    fn pull_and_start(&self, key: &Key, pod: &Value, at: ContainerAt) {
        let image = image(pod, at);
        let faults = self.cluster.faults.current().workloads;
        if faults.image_pull.covers(&key.namespace) {
            let message = format!(
                "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
            );
            self.tell(
                pod,
                EventType::Warning,
                "Failed",
                &format!("Failed to pull image \"{image}\": {message}"),
            );
            self.tell(pod, EventType::Warning, "Failed", "Error: ErrImagePull");
            self.write(key, |pod| status::wait(pod, at, "ErrImagePull", &message));
            return;
        }
        let took = self.cluster.pace.units(Step::PullAndStart(at).units());
        let message = format!(
            "Successfully pulled image \"{image}\" in {}ms ({}ms including waiting). Image size: 52428800 bytes.",
            took.as_millis(),
            took.as_millis()
        );
        self.tell(pod, EventType::Normal, "Pulled", &message);
        self.start(key, pod, at, faults.crash_loop.covers(&key.namespace));
    }

    fn start(&self, key: &Key, pod: &Value, at: ContainerAt, must_crash: bool) {
        let container = at.spec(pod);
        let name = container["name"].as_str().unwrap_or_default();
        for (reason, word) in [("Created", "created"), ("Started", "started")] {
            let message = format!("Container {word}: {name}");
            self.tell(pod, EventType::Normal, reason, &message);
        }
        let outcome = if at.init {
            Ok(())
        } else if must_crash {
            Err("fatal: injected fault".to_owned())
        } else {
            self.workload.start(pod, container)
        };
        let container_id = uuid::Uuid::new_v4().simple().to_string();
        match outcome {
            Ok(()) => {
                self.logs.append(pod, name, "started");
                self.write(key, |pod| status::run(pod, at, &container_id));
            }
            Err(last_words) => {
                self.logs.append(pod, name, &last_words);
                self.write(key, |pod| {
                    status::run(pod, at, &container_id);
                    status::terminate(pod, at, 1, &last_words);
                });
            }
        }
    }

    fn confirm_end(&self, key: &Key, pod: &Value) {
        self.write(key, status::stop);
        let now = Delete {
            grace_seconds: Some(0),
            ..Delete::default()
        };
        let _ = self.cluster.store.delete(key, &now);
        self.forget(object::uid(pod));
    }

    fn forget(&self, uid: &str) {
        self.steps.forget(uid);
        self.logs.forget(uid);
    }

    fn next_address(&self) -> Ipv4Addr {
        let given = self.addresses_given.fetch_add(1, Ordering::Relaxed);
        let [c, d] = given.wrapping_add(1).to_be_bytes();
        Ipv4Addr::new(10, 244, c, d)
    }

    fn write(&self, key: &Key, change: impl FnOnce(&mut Value)) {
        // The pod may be gone.
        let _ = self.cluster.store.modify(key, change);
    }

    fn tell(&self, pod: &Value, kind: EventType, reason: &str, message: &str) {
        self.cluster.record(COMPONENT, pod, kind, reason, message);
    }
}

fn image(pod: &Value, at: ContainerAt) -> &str {
    at.spec(pod)["image"].as_str().unwrap_or_default()
}

impl Controller for Kubelet {
    fn watches(&self) -> Vec<GroupResource> {
        vec![PODS]
    }

    fn affected(&self, _: GroupResource, pod: &Value) -> Vec<Key> {
        if pod.pointer("/spec/nodeName").is_none() {
            return Vec::new();
        }
        let key = Key::of(PODS, pod);
        if self.cluster.store.get(&key).is_none() {
            // Deleted by force, without waiting for the kubelet.
            self.workload.stop(pod);
            self.forget(object::uid(pod));
        }
        vec![key]
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let pod = self.cluster.store.get(key)?;
        pod.pointer("/spec/nodeName")?;
        let step = step::next(&pod)?;
        let begin = || self.begin(&pod, step);
        let left = self
            .steps
            .left(object::uid(&pod), step, step.units(), begin);
        if left.is_some() {
            return left;
        }
        self.steps.forget(object::uid(&pod));
        self.take(key, &pod, step);
        // A probe or pull that failed is repeated.
        Some(self.cluster.pace.units(1))
    }
}
