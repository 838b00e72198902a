//! The host clusters: where vClusters are made. One small step at a time, each repeatable.

use async_trait::async_trait;
use domain::{
    cluster::{ClusterEvent, DeletionPreview},
    cluster_name::ClusterName,
    drift::Drift,
    event_page::Events,
    exposure::{Exposure, ExposureKind},
    failure::FailureCode,
    ids::ClusterId,
    kubernetes_version::KubernetesVersion,
    plan::Plan,
};
use futures::stream::BoxStream;
use jiff::Timestamp;
use persistence::records::ClusterRecord;
use secrecy::SecretString;

/// A host cluster as the order form needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostInfo {
    /// Its name in the configuration.
    pub name: String,
    /// The ways to be reached that it offers.
    pub exposures: Vec<ExposureKind>,
    /// A domain that points to its ingress.
    pub ingress_domain: Option<String>,
}

/// The vCluster that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualCluster {
    /// The cluster's id; every object carries it.
    pub id: ClusterId,
    /// Its name; the host namespace is `vcluster-NAME`.
    pub name: ClusterName,
    /// The host it is on.
    pub host: String,
    /// Slug of the tenant, for labels.
    pub tenant: String,
    /// Slug of the environment, for labels.
    pub environment: String,
    pub plan: Plan,
    pub kubernetes_version: KubernetesVersion,
    /// How it is reached.
    pub exposure: Exposure,
    /// Since when it is to be paused; `None`: it is to run.
    pub paused_at: Option<Timestamp>,
}

impl From<&ClusterRecord> for VirtualCluster {
    fn from(cluster: &ClusterRecord) -> Self {
        Self {
            id: cluster.id,
            name: cluster.name.clone(),
            host: cluster.host.clone(),
            tenant: cluster.tenant.slug.clone(),
            environment: cluster.environment.slug.clone(),
            plan: cluster.plan.clone(),
            kubernetes_version: cluster.kubernetes_version,
            exposure: cluster.exposure.clone(),
            paused_at: cluster.paused_at(),
        }
    }
}

/// The namespace of a vCluster as found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamespaceState {
    Missing,
    /// It is this cluster's and in use.
    Ours,
    /// It is this cluster's and going away; what still holds it, in the host's words.
    Terminating(Option<String>),
    /// It exists and does not belong to this cluster.
    Foreign,
}

/// The control plane's pod as found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodObservation {
    /// The node it is on.
    pub node: Option<String>,
    /// Whether every image it needs is there.
    pub images_pulled: bool,
    /// The image being pulled.
    pub pulling: Option<String>,
    /// Whether it reports ready.
    pub ready: bool,
    /// What keeps it from starting.
    pub trouble: Option<Trouble>,
}

/// Something that keeps a cluster from working, as found on the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub code: FailureCode,
    /// The host's own words.
    pub message: String,
    /// Whether it has lasted long enough to be called a failure (a first pull error has not).
    pub lasting: bool,
}

/// Whether the vCluster's API answers `/readyz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiAnswer {
    /// There was no reason to ask yet.
    NotAsked,
    /// It says `ok`.
    Ok,
    /// It cannot be reached from the portal, neither by its address nor through the host; the pod's
    /// own readiness probe, which asks the same, says `ok`.
    ReadyByProbeOnly(String),
    /// It does not say `ok`; why.
    Not(String),
}

/// How the control plane was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Paused by the portal.
    Paused,
    /// Paused on the host, as the vcluster command line does.
    PausedOnHost,
    /// Its StatefulSet was scaled to 0.
    ScaledToZero,
}

/// How many pods of a cluster's users are on its host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Workloads {
    pub running: usize,
    /// Those that are being deleted.
    pub ending: usize,
}

/// A vCluster as found on its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    pub namespace: NamespaceState,
    /// Whether what was applied last is what is wanted now.
    pub objects_current: bool,
    /// The objects that are not as they were applied.
    pub drift: Vec<Drift>,
    /// How the control plane was stopped, if it was.
    pub stopped: Option<Stopped>,
    /// Whether no replica of the control plane is left.
    pub replicas_gone: bool,
    /// Only looked for in a cluster that is to be paused, once no replica of its control plane is left.
    pub workloads: Workloads,
    /// How many objects it is made of.
    pub object_count: usize,
    /// Its control plane's pod.
    pub pod: Option<PodObservation>,
    /// Something that keeps the pod from being made, such as a quota.
    pub trouble: Option<Trouble>,
    /// Whether every replica is ready, in the generation that is wanted.
    pub replicas_ready: bool,
    /// The address for people, once known: `https://203.0.113.7`.
    pub endpoint: Option<String>,
    /// Whether its kubeconfig can be had.
    pub kubeconfig: bool,
    /// Whether its API answers.
    pub api: ApiAnswer,
}

/// A kind of refusal by a host cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostErrorKind {
    /// It does not answer, or not in time, or with a server error.
    Unreachable,
    /// 401.
    Unauthorized,
    /// 403 for want of a right.
    Forbidden,
    /// 403 by a quota.
    QuotaExceeded,
    /// 404.
    NotFound,
    /// The cluster's namespace does not exist.
    NamespaceMissing,
    /// 409: somebody else changed or owns it.
    Conflict,
    /// The namespace is going away.
    Terminating,
    /// 400 or 422: it does not accept the object.
    Invalid,
    /// There is no host cluster of that name in the configuration.
    UnknownHost,
    /// Anything else.
    Other,
}

/// A host cluster refused or did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct HostError {
    pub kind: HostErrorKind,
    /// In people's words, with the host's own message; no secret.
    pub message: String,
    /// The cause, for the log.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

pub type Hosted<T> = Result<T, HostError>;

/// One right the portal needs on a host cluster, and whether it has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionCheck {
    /// The right: `create namespaces`.
    pub permission: String,
    /// Whether it is there.
    pub allowed: bool,
    /// The host's reason, if it gave one.
    pub reason: Option<String>,
}

/// The host clusters of the configuration.
#[async_trait]
pub trait HostClusters: Send + Sync {
    /// The hosts; new clusters go to the first.
    fn hosts(&self) -> Vec<HostInfo>;

    /// Looks at everything that belongs to `cluster`. Changes nothing.
    async fn observe(&self, cluster: &VirtualCluster) -> Hosted<Observation>;

    /// Makes the namespace. Fails with [`HostErrorKind::Conflict`] if it exists and is not ours.
    async fn make_namespace(&self, cluster: &VirtualCluster) -> Hosted<()>;

    /// Applies every object; answers how many. May be repeated at any time, and goes on where it stopped.
    async fn apply(&self, cluster: &VirtualCluster) -> Hosted<usize>;

    /// Puts these objects right: applies them, takes away what others added, deletes what opens the isolation. Resumes
    /// the control plane if its StatefulSet is among them.
    async fn restore(&self, cluster: &VirtualCluster, drift: &[Drift]) -> Hosted<()>;

    /// Deletes the pods of the cluster's users, which run on while its control plane is stopped.
    async fn stop_workloads(&self, cluster: &VirtualCluster) -> Hosted<()>;

    /// Begins to delete the namespace, if it is ours. Fine if it is gone.
    async fn delete(&self, cluster: &VirtualCluster) -> Hosted<()>;

    /// Reads the kubeconfig anew and rewrites it for the way the cluster is reached, with the
    /// cluster's name for cluster and context. [`HostErrorKind::NotFound`]: it is not there yet.
    async fn kubeconfig(&self, cluster: &VirtualCluster) -> Hosted<SecretString>;

    /// The events of its namespace, up to a bound.
    async fn events(&self, cluster: &VirtualCluster) -> Hosted<Events<ClusterEvent>>;

    /// What would die with it.
    async fn deletion_preview(&self, cluster: &VirtualCluster) -> Hosted<Vec<DeletionPreview>>;

    /// The clusters whose objects changed, on every host, for ever: broken watches are resumed.
    fn changes(&self) -> BoxStream<'static, ClusterId>;

    /// Asks the host whether the portal has each right it needs.
    async fn check(&self, host: &str) -> Hosted<Vec<PermissionCheck>>;
}
