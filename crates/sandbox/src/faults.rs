//! Switches that make the sandbox misbehave as real systems do. One handle is shared by the APIs, the controllers and the
//! identity provider; people and browser tests reach it over HTTP (see `identity/fault_control.rs`).

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// Everything that is wrong at the moment. The default is that all is well.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultSettings {
    /// The host cluster's API.
    pub kubernetes: KubernetesFaults,
    /// What happens to pods, Services and vClusters.
    pub workloads: WorkloadFaults,
    /// The identity provider.
    pub identity: IdentityFaults,
    /// The SkyPilot API server and the clouds behind it.
    pub skypilot: SkypilotFaults,
    /// AWS's Security Token Service.
    pub aws: AwsFaults,
}

/// Faults of the host cluster's API server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KubernetesFaults {
    /// Added to every request.
    pub latency_ms: u64,
    /// The share of requests, 0 to 1, that fail with 500.
    pub error_rate: f64,
    /// The next requests fail with a status.
    pub fail_next: Option<FailNext>,
    /// Connections are cut, as if the machine were gone.
    pub unreachable: bool,
}

/// So many requests fail, then all is well again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailNext {
    /// How many are left.
    pub requests: u32,
    /// The HTTP status they get.
    pub status: u16,
}

/// Faults of what runs on the host cluster, each for some namespaces or all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkloadFaults {
    /// Images cannot be pulled: ErrImagePull, then ImagePullBackOff.
    pub image_pull: Scope,
    /// No node has room: pods stay Pending.
    pub unschedulable: Scope,
    /// Containers start and exit at once.
    pub crash_loop: Scope,
    /// The syncer never writes its kubeconfig Secret.
    pub no_kubeconfig: Scope,
    /// Load balancers never get an address.
    pub no_load_balancer: Scope,
}

/// Faults of the SkyPilot API server and of the clouds behind it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SkypilotFaults {
    /// Added to every request.
    pub latency_ms: u64,
    /// The share of requests, 0 to 1, that fail with 500.
    pub error_rate: f64,
    /// The next requests fail with a status.
    pub fail_next: Option<FailNext>,
    /// So many connections, from the next on, are cut once the request has been read and done: the answer is lost.
    pub drop_answers: u32,
    /// Connections are cut, as if the machine were gone.
    pub unreachable: bool,
    /// No token is accepted any more.
    pub unauthorized: bool,
    /// Where the clouds have nothing left.
    pub no_capacity: NoCapacity,
    /// Launches never get anywhere, by the clusters' names.
    pub launch_hangs: Scope,
    /// Set-up commands fail, by the clusters' names.
    pub setup_fails: Scope,
}

/// Faults of AWS's Security Token Service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AwsFaults {
    /// Added to every request.
    pub latency_ms: u64,
    /// Connections are cut, as if there were no way out.
    pub unreachable: bool,
    /// Keys that were deleted, by their ids.
    pub unknown_keys: Scope,
    /// Roles that nobody may assume, by their ARNs.
    pub refuse_roles: Scope,
}

/// Where the clouds have nothing left: `false`, `true` or a list of places in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NoCapacity {
    /// Nowhere or everywhere.
    All(bool),
    /// In these places.
    Places(Vec<ScarcePlace>),
}

impl Default for NoCapacity {
    fn default() -> Self {
        Self::All(false)
    }
}

/// What there is nothing left of. What is not said does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScarcePlace {
    /// As in `infra: aws`.
    pub cloud: Option<String>,
    /// As the cloud calls it.
    pub region: Option<String>,
    /// As the catalogue calls it.
    pub accelerator: Option<String>,
    /// Only spot machines, or only others.
    pub spot: Option<bool>,
}

/// What can be done to the SkyPilot server besides the switches.
pub trait SkypilotActions: Send + Sync {
    /// Cuts every log that is being streamed.
    fn cut_streams(&self);
    /// Starts the server anew: connections are cut, requests are cancelled and forgotten.
    fn restart(&self);
    /// Ends a cluster's machine without SkyPilot's knowing. Whether there is such a cluster with a machine.
    fn end_machine(&self, cluster: &str) -> bool;
    /// Makes a cluster that nobody asked the portal for. Whether there is such a workspace and no such cluster.
    fn make_orphan(&self, workspace: &str, cluster: &str) -> bool;
}

/// Where a fault is on: `false`, `true` or a list of names in JSON, of namespaces, of SkyPilot's clusters, of AWS's keys or
/// roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scope {
    /// Nowhere or everywhere.
    All(bool),
    /// In these namespaces, or for what has these names.
    Namespaces(BTreeSet<String>),
}

impl Scope {
    /// On everywhere.
    pub const EVERYWHERE: Self = Self::All(true);

    /// On in one namespace, or for one name.
    pub fn namespace(name: impl Into<String>) -> Self {
        Self::Namespaces(BTreeSet::from([name.into()]))
    }

    /// Whether the fault is on in this namespace, or for this name.
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

/// Faults of the identity provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityFaults {
    /// Everything answers 503.
    pub down: bool,
    /// Added to every request.
    pub latency_ms: u64,
    /// Discovery names another issuer.
    pub wrong_issuer: bool,
    /// What is wrong with ID tokens.
    pub id_token: Option<IdTokenFault>,
}

/// One thing wrong with an ID token that is otherwise right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdTokenFault {
    /// Not signed at all, algorithm `none`.
    AlgorithmNone,
    /// Signed with a key that the provider never published, under a published key id.
    WrongKey,
    /// Issued by somebody else.
    WrongIssuer,
    /// For another client.
    WrongAudience,
    /// For another sign-in.
    WrongNonce,
    /// No longer valid.
    Expired,
    /// An access token in its place, as Cognito's look.
    AccessToken,
}

/// The shared handle. Cloning it is cheap and gives the same switches.
#[derive(Clone)]
pub struct Faults {
    settings: Arc<watch::Sender<FaultSettings>>,
    watch_drops: Arc<watch::Sender<u64>>,
    key_rotations: Arc<AtomicU64>,
    skypilot: Arc<RwLock<Option<Weak<dyn SkypilotActions>>>>,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            settings: Arc::new(watch::Sender::default()),
            watch_drops: Arc::new(watch::Sender::default()),
            key_rotations: Arc::default(),
            skypilot: Arc::default(),
        }
    }
}

impl Faults {
    /// What is wrong now.
    pub fn current(&self) -> FaultSettings {
        self.settings.borrow().clone()
    }

    /// Changes some switches.
    pub fn change(&self, change: impl FnOnce(&mut FaultSettings)) {
        self.settings.send_modify(change);
    }

    /// Sets all switches.
    pub fn replace(&self, settings: FaultSettings) {
        self.settings.send_replace(settings);
    }

    /// Tells of each change, so that what waits for a fault to pass wakes up.
    pub fn subscribe(&self) -> watch::Receiver<FaultSettings> {
        self.settings.subscribe()
    }

    /// Ends every watch that runs against the host API.
    pub fn drop_watches(&self) {
        self.watch_drops.send_modify(|count| *count += 1);
    }

    /// Changes when running watches must end.
    pub fn watch_drops(&self) -> watch::Receiver<u64> {
        self.watch_drops.subscribe()
    }

    /// Makes the identity provider sign with a new key.
    pub fn rotate_signing_key(&self) {
        self.key_rotations.fetch_add(1, Ordering::Relaxed);
    }

    /// How often the identity provider was told to make a new key.
    pub fn key_rotations(&self) -> u64 {
        self.key_rotations.load(Ordering::Relaxed)
    }

    /// Says who does what can be done to the SkyPilot server.
    pub fn skypilot_is(&self, server: Weak<dyn SkypilotActions>) {
        let mut held = self
            .skypilot
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *held = Some(server);
    }

    /// What can be done to the SkyPilot server, if there is one.
    pub fn skypilot(&self) -> Option<Arc<dyn SkypilotActions>> {
        let held = self.skypilot.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref()?.upgrade()
    }

    /// Whether this request to the SkyPilot server has to fail, and how. Counts down [`FailNext`].
    pub fn next_skypilot_failure(&self) -> Option<u16> {
        self.next_failure(|settings| {
            let skypilot = &mut settings.skypilot;
            (&mut skypilot.fail_next, skypilot.error_rate)
        })
    }

    /// Whether the answer to this request to the SkyPilot server is lost. Counts down.
    pub fn loses_skypilot_answer(&self) -> bool {
        self.settings.send_if_modified(|settings| {
            let left = &mut settings.skypilot.drop_answers;
            let lost = *left > 0;
            *left = left.saturating_sub(1);
            lost
        })
    }

    /// How long a request to the host API has to wait.
    pub fn kubernetes_latency(&self) -> Duration {
        Duration::from_millis(self.settings.borrow().kubernetes.latency_ms)
    }

    /// Whether this request to the host API has to fail, and how. Counts down [`FailNext`].
    pub fn next_kubernetes_failure(&self) -> Option<u16> {
        self.next_failure(|settings| {
            let kubernetes = &mut settings.kubernetes;
            (&mut kubernetes.fail_next, kubernetes.error_rate)
        })
    }

    fn next_failure(
        &self,
        of: impl Fn(&mut FaultSettings) -> (&mut Option<FailNext>, f64),
    ) -> Option<u16> {
        let mut failure = None;
        self.settings.send_if_modified(|settings| {
            let (next, rate) = of(settings);
            let Some(left) = next else {
                // Chance needs no switch to change.
                failure = (rate > 0.0 && rand::random::<f64>() < rate).then_some(500);
                return false;
            };
            if left.requests > 0 {
                failure = Some(left.status);
                left.requests -= 1;
            }
            if left.requests == 0 {
                *next = None;
            }
            true
        });
        failure
    }
}
