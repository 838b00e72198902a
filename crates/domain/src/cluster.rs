//! A cluster as people see it.

use crate::{
    access::Action,
    audit::AuditAction,
    cluster_name::ClusterName,
    drift::DriftReport,
    exposure::Exposure,
    ids::{ClusterId, UserId},
    kubernetes_version::KubernetesVersion,
    listing::{ListPage, ListQuery, Sort},
    operation::OperationKind,
    plan::Plan,
    resource::{Kind, Resource, states},
    schedule::Schedule,
    usage::Cost,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterKind;

impl Kind for ClusterKind {
    const NOUN: &'static str = "cluster";
    const SORTS: &'static [Sort] = &[Sort::Name, Sort::State, Sort::Created, Sort::Ends];
    const READ: Action = Action::ReadCluster;
    const DELETE: Action = Action::DeleteCluster;
    const DELETED: AuditAction = AuditAction::DeleteCluster;
    const DELETION: OperationKind = OperationKind::DeleteCluster;
    const READY: AuditAction = AuditAction::ClusterReady;
    const GONE: AuditAction = AuditAction::ClusterDeleted;

    type Id = ClusterId;
    type Name = ClusterName;
    type State = ClusterState;
    type Details = ClusterDetails;
}

/// A cluster as callers see it.
pub type Cluster = Resource<ClusterKind>;
pub type ClusterQuery = ListQuery<ClusterKind>;
pub type ClusterPage = ListPage<ClusterKind>;

states! {
    /// The states a person sees.
    ClusterState of a "cluster":
    /// Ordered; nothing exists on the host yet.
    Pending, "pending", "Pending";
    Provisioning, "provisioning", "Provisioning";
    Ready, "ready", "Ready";
    /// It was ready and does not work fully now; `failure` says why.
    Degraded, "degraded", "Degraded";
    /// It does not become ready; `failure` says why.
    Failed, "failed", "Failed";
    Pausing, "pausing", "Pausing";
    /// Its control plane and workloads are stopped; its data stays.
    Paused, "paused", "Paused";
    Resuming, "resuming", "Resuming";
    Deleting, "deleting", "Deleting";
    Deleted, "deleted", "Deleted";
}

impl ClusterState {
    /// Whether it is on its way to another state.
    pub fn is_moving(self) -> bool {
        matches!(
            self,
            Self::Pending | Self::Provisioning | Self::Pausing | Self::Resuming | Self::Deleting
        )
    }
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserRef {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
}

/// What callers see of a cluster beside the header of every resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClusterDetails {
    /// Its size, as it was when ordered.
    pub plan: Plan,
    /// The Kubernetes version it runs.
    pub kubernetes_version: KubernetesVersion,
    /// How it is reached.
    pub exposure: Exposure,
    /// The host cluster it lives on.
    pub host: String,
    /// Its namespace there.
    pub namespace: String,
    /// The address of its API, once known.
    pub endpoint: Option<String>,
    /// What differs on the host from what the portal applied.
    pub drift: DriftReport,
    /// The latest pause or resumption, if there was any.
    pub power: Option<PowerChange>,
    /// When it is paused and resumed by itself.
    pub schedule: Option<Schedule>,
    pub cost: Cost,
    /// When this view was made.
    pub now: Timestamp,
    /// What the caller may do with it now.
    pub allowed: AllowedActions,
}

/// What a caller may do with a cluster: by role and by its state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AllowedActions {
    /// Be given the kubeconfig.
    pub kubeconfig: bool,
    /// Delete it.
    pub delete: bool,
    /// Put its objects on the host right, and start what was stopped there.
    pub restore: bool,
    pub pause: bool,
    pub resume: bool,
}

/// That a cluster was paused or resumed: when, and by whom or what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PowerChange {
    pub paused: bool,
    pub at: Timestamp,
    pub by: PowerCause,
}

/// Who or what paused or resumed a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PowerCause {
    User {
        name: String,
    },
    /// The cluster's schedule.
    Schedule,
    /// A change on the host cluster, for example by `vcluster pause`.
    Host,
}

/// `by Ada Lovelace`.
impl fmt::Display for PowerCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User { name } => write!(f, "by {name}"),
            Self::Schedule => f.write_str("by its schedule"),
            Self::Host => f.write_str("on the host cluster, outside the portal"),
        }
    }
}

/// Something that happened to a cluster, as its host tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClusterEvent {
    /// When it was last seen.
    pub at: Timestamp,
    /// Whether it is a warning.
    pub warning: bool,
    /// The reason in one word: `Pulling`.
    pub reason: String,
    /// What happened.
    pub message: String,
    /// What it happened to: `Pod/payments-ci-0`.
    pub object: String,
    /// How often.
    pub count: u32,
}

/// Something that dies with the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletionPreview {
    /// The kind: `Pod`.
    pub kind: String,
    /// Their names, some of them.
    pub names: Vec<String>,
    /// How many there are.
    pub count: usize,
}

impl DeletionPreview {
    /// How many of which kind: `1 Namespace`, `3 Pods`.
    pub fn counted(&self) -> String {
        let plural = if self.count == 1 { "" } else { "s" };
        format!("{} {}{plural}", self.count, self.kind)
    }
}

/// A kubeconfig for the caller. Not serialisable: it leaves only through the answer it is made for.
#[derive(Clone, Debug)]
pub struct Kubeconfig {
    /// The YAML.
    pub content: secrecy::SecretString,
    /// A file name for it: `payments-ci.kubeconfig.yaml`.
    pub file_name: String,
    /// The name of the context in it.
    pub context: String,
}
