//! Faults that can be switched on, as real systems have them. The APIs, the controllers and the identity provider share one
//! handle; over HTTP see `identity/fault_control.rs`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::skypilot::Server;

/// By default there are no faults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultSettings {
    pub kubernetes: KubernetesFaults,
    pub workloads: WorkloadFaults,
    pub identity: IdentityFaults,
    pub skypilot: SkypilotFaults,
    pub aws: AwsFaults,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KubernetesFaults {
    pub latency_ms: u64,
    pub fail_next: Option<FailNext>,
    pub unreachable: bool,
    /// As just after a start: not ready, and without knowing anybody's permissions.
    pub starting: bool,
    /// The share of requests that are answered 429 with `Retry-After: 1`.
    pub throttled_percent: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailNext {
    pub requests: u32,
    pub status: u16,
}

/// Faults of what runs on the host cluster, each for some namespaces or all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkloadFaults {
    /// Images cannot be pulled: ErrImagePull, then ImagePullBackOff.
    pub image_pull: Scope,
    pub unschedulable: Scope,
    /// Containers start and exit at once.
    pub crash_loop: Scope,
    /// Load balancers never get an address.
    pub no_load_balancer: Scope,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SkypilotFaults {
    pub fail_next: Option<FailNext>,
    /// The connections of this many requests are cut after the request was executed: the response is lost.
    pub drop_answers: u32,
    pub unreachable: bool,
    pub unauthorized: bool,
    /// Accelerators that no cloud has left.
    pub no_capacity: Scope,
    /// Launches never get anywhere, by the clusters' names.
    pub launch_hangs: Scope,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AwsFaults {
    pub unreachable: bool,
    pub unknown_keys: Scope,
    pub refuse_roles: Scope,
}

/// Where a fault is on: `false`, `true` or a list of names in JSON, of namespaces, of SkyPilot's clusters and accelerators,
/// of AWS's keys or roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scope {
    All(bool),
    Namespaces(BTreeSet<String>),
}

impl Scope {
    pub const EVERYWHERE: Self = Self::All(true);

    pub fn namespace(name: impl Into<String>) -> Self {
        Self::Namespaces(BTreeSet::from([name.into()]))
    }

    pub fn covers(&self, namespace: &str) -> bool {
        match self {
            Self::All(on) => *on,
            Self::Namespaces(names) => names.contains(namespace),
        }
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::All(false)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityFaults {
    pub down: bool,
    pub latency_ms: u64,
    pub wrong_issuer: bool,
    pub id_token: Option<IdTokenFault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdTokenFault {
    /// Not signed at all, algorithm `none`.
    AlgorithmNone,
    /// Signed with a key that the provider never published, under a published key id.
    WrongKey,
    WrongIssuer,
    WrongAudience,
    WrongNonce,
    Expired,
    AccessToken,
    /// The groups are in another place, as Microsoft Entra answers for users in more than 200 groups.
    GroupsOverage,
}

/// The shared handle. Cloning it is cheap and gives the same switches.
#[derive(Clone, Default)]
pub struct Faults {
    settings: Arc<watch::Sender<FaultSettings>>,
    watch_drops: Arc<watch::Sender<u64>>,
    key_rotations: Arc<AtomicU64>,
    kubernetes_requests: Arc<AtomicU64>,
    skypilot: Arc<RwLock<Weak<Server>>>,
}

impl Faults {
    pub fn current(&self) -> FaultSettings {
        self.settings.borrow().clone()
    }

    pub fn change(&self, change: impl FnOnce(&mut FaultSettings)) {
        self.settings.send_modify(change);
    }

    pub fn replace(&self, settings: FaultSettings) {
        self.settings.send_replace(settings);
    }

    /// Tells of each change, so that what waits for a fault to pass wakes up.
    pub fn subscribe(&self) -> watch::Receiver<FaultSettings> {
        self.settings.subscribe()
    }

    pub fn drop_watches(&self) {
        self.watch_drops.send_modify(|count| *count += 1);
    }

    /// Changes when running watches must end.
    pub fn watch_drops(&self) -> watch::Receiver<u64> {
        self.watch_drops.subscribe()
    }

    pub fn rotate_signing_key(&self) {
        self.key_rotations.fetch_add(1, Ordering::Relaxed);
    }

    pub fn key_rotations(&self) -> u64 {
        self.key_rotations.load(Ordering::Relaxed)
    }

    pub fn skypilot_is(&self, server: &Arc<Server>) {
        let mut held = self
            .skypilot
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *held = Arc::downgrade(server);
    }

    pub fn skypilot(&self) -> Option<Arc<Server>> {
        let held = self.skypilot.read().unwrap_or_else(PoisonError::into_inner);
        held.upgrade()
    }

    /// The status with which this request to the SkyPilot server fails. Counts down [`FailNext`].
    pub fn next_skypilot_failure(&self) -> Option<u16> {
        self.next_failure(|settings| &mut settings.skypilot.fail_next)
    }

    /// Whether the answer to this request to the SkyPilot server is lost. Counts down.
    pub fn loses_skypilot_response(&self) -> bool {
        self.settings.send_if_modified(|settings| {
            let left = &mut settings.skypilot.drop_answers;
            let lost = *left > 0;
            *left = left.saturating_sub(1);
            lost
        })
    }

    /// How many requests the host API has got; each watch is one.
    pub fn kubernetes_requests(&self) -> u64 {
        self.kubernetes_requests.load(Ordering::Relaxed)
    }

    /// Counts a request to the host API. Answers whether it is among those that are throttled.
    pub fn count_kubernetes_request(&self) -> bool {
        let before = self.kubernetes_requests.fetch_add(1, Ordering::Relaxed);
        let throttled =
            |requests| requests * self.settings.borrow().kubernetes.throttled_percent / 100;
        throttled(before + 1) > throttled(before)
    }

    /// The status with which this request to the host API fails. Counts down [`FailNext`].
    pub fn next_kubernetes_failure(&self) -> Option<u16> {
        self.next_failure(|settings| &mut settings.kubernetes.fail_next)
    }

    fn next_failure(&self, of: fn(&mut FaultSettings) -> &mut Option<FailNext>) -> Option<u16> {
        let mut failure = None;
        self.settings.send_if_modified(|settings| {
            let next = of(settings);
            let Some(left) = next else {
                return false;
            };
            failure = (left.requests > 0).then_some(left.status);
            left.requests = left.requests.saturating_sub(1);
            if left.requests == 0 {
                *next = None;
            }
            true
        });
        failure
    }
}
