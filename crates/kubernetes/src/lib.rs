//! vClusters on host clusters: the port [`provisioning::ports::host_clusters::HostClusters`]
//! spoken through the Kubernetes API of real clusters.
//!
//! A vCluster is a handful of objects in a namespace of its own. `objects` says which, `apply`
//! puts them there by server-side apply, `observe` reads back what became of them, `changes`
//! watches. Nothing is kept here: the host cluster is the only memory.

mod apply;
mod changes;
mod config;
mod connection;
mod deletion_preview;
mod errors;
mod events;
mod host;
mod host_clusters;
mod kubeconfig;
mod labels;
mod objects;
mod observe;
mod permissions;
mod review;

pub use config::{HostAccess, HostClustersConfig, HostConfig, PodSecurity, Registries, Timeouts};
pub use connection::ConfigError;
pub use host_clusters::KubernetesHosts;
pub use permissions::{PERMISSIONS, Permission};
pub use review::TenantClusters;
