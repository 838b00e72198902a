//! A cluster as people see it.

use crate::{
    cluster_name::ClusterName,
    exposure::Exposure,
    failure::Failure,
    ids::{ClusterId, UserId},
    kubernetes_version::KubernetesVersion,
    operation::Operation,
    plan::Plan,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The states a person sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClusterState {
    /// Ordered; nothing is made yet.
    Pending,
    /// Being made.
    Provisioning,
    /// Usable.
    Ready,
    /// It was usable and is not quite so now; `failure` says why.
    Degraded,
    /// It does not come up; `failure` says why.
    Failed,
    /// Being taken down.
    Deleting,
    /// Gone.
    Deleted,
}

impl ClusterState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Provisioning,
        Self::Ready,
        Self::Degraded,
        Self::Failed,
        Self::Deleting,
        Self::Deleted,
    ];

    /// The word in requests and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Provisioning => "provisioning",
            Self::Ready => "ready",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }

    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Provisioning => "Provisioning",
            Self::Ready => "Ready",
            Self::Degraded => "Degraded",
            Self::Failed => "Failed",
            Self::Deleting => "Deleting",
            Self::Deleted => "Deleted",
        }
    }

    /// Whether it does not come right without a person, or may not.
    pub fn needs_somebody(self) -> bool {
        matches!(self, Self::Failed | Self::Degraded)
    }

    /// Whether it changes by itself before long.
    pub fn is_moving(self) -> bool {
        matches!(self, Self::Pending | Self::Provisioning | Self::Deleting)
    }
}

impl FromStr for ClusterState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("“{text}” is not a cluster state."))
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

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cluster {
    /// Its id.
    pub id: ClusterId,
    /// Its name, unique on its host cluster.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name: ClusterName,
    /// Whose it is.
    pub tenant: TenantRef,
    /// The part of the tenant it is in.
    pub environment: EnvironmentRef,
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
    /// Its state.
    pub state: ClusterState,
    /// What is wrong, if something is.
    pub failure: Option<Failure>,
    /// The address of its API, once known.
    pub endpoint: Option<String>,
    /// Who ordered it.
    pub created_by: UserRef,
    /// When it was ordered.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// When it was first usable.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub ready_at: Option<Timestamp>,
    /// When the portal takes it down.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub ends_at: Option<Timestamp>,
    /// The newest operation on it.
    pub operation: Operation,
    /// Counts up with every change.
    pub version: i64,
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
}

/// Something that happened to a cluster, as its host tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClusterEvent {
    /// When it was last seen.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
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
