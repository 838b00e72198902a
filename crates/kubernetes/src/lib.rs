//! vClusters on host clusters: implements [`provisioning::ports::host_clusters::HostClusters`] with the Kubernetes
//! API.
//!
//! A vCluster is a set of objects in its own namespace. `objects` defines them, `apply` applies them with server-side
//! apply, `cache` watches them, `observe` reads their state, `drift` compares them with what is wanted. The adapter
//! stores nothing: the host cluster is the only source of state.

mod apply;
mod cache;
mod client_config;
mod config;
mod connection;
mod deletion_preview;
mod drift;
mod errors;
mod events;
mod host;
mod host_clusters;
mod kubeconfig;
mod labels;
mod objects;
mod observe;
mod permissions;
mod resend;
mod review;

pub use config::{HostAccess, HostClustersConfig, HostConfig, PodSecurity, Registries, Timeouts};
pub use connection::ConfigError;
pub use host_clusters::KubernetesHosts;
pub use permissions::{PERMISSIONS, Permission};
pub use review::TenantClusters;
