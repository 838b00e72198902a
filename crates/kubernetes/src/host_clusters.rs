//! Implements the port: selects the host and the client.

use crate::{
    apply,
    config::HostClustersConfig,
    connection::{ConfigError, connect},
    deletion_preview, errors, events,
    host::Host,
    kubeconfig, observe, permissions,
};
use async_trait::async_trait;
use domain::{
    cluster::{ClusterEvent, DeletionPreview},
    drift::Drift,
    event_page::Events,
    ids::ClusterId,
};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use provisioning::ports::host_clusters::{
    HostClusters, HostErrorKind, HostInfo, Hosted, Observation, PermissionCheck, VirtualCluster,
};
use secrecy::SecretString;
use std::collections::HashSet;

/// The number of pending changes that are deduplicated together.
const AT_ONCE: usize = 1024;

/// The host clusters of the configuration, accessed through their Kubernetes APIs.
pub struct KubernetesHosts {
    hosts: Vec<Host>,
}

impl KubernetesHosts {
    /// Reads the kubeconfigs and creates the clients without sending any request: a host that is down must not keep
    /// the portal from starting.
    pub async fn new(config: HostClustersConfig) -> Result<Self, ConfigError> {
        let mut names = HashSet::new();
        let mut hosts = Vec::new();
        for host in config.clusters {
            if host.name.trim().is_empty() {
                return Err(ConfigError::NoName);
            }
            if !names.insert(host.name.clone()) {
                return Err(ConfigError::NameTwice(host.name));
            }
            if host.exposures.is_empty() {
                return Err(ConfigError::NoExposure(host.name));
            }
            let client = connect(&host, &config.timeouts)?;
            hosts.push(Host::new(host, config.timeouts.clone(), client));
        }
        Ok(Self { hosts })
    }

    fn host(&self, name: &str) -> Hosted<&Host> {
        let found = self.hosts.iter().find(|host| host.config.name == name);
        found.ok_or_else(|| {
            errors::host_error(
                HostErrorKind::UnknownHost,
                format!("Host cluster “{name}” is not in the configuration."),
            )
        })
    }
}

#[async_trait]
impl HostClusters for KubernetesHosts {
    fn hosts(&self) -> Vec<HostInfo> {
        let info = |host: &Host| HostInfo {
            name: host.config.name.clone(),
            exposures: host.config.exposures.clone(),
            ingress_domain: host.config.ingress_domain.clone(),
        };
        self.hosts.iter().map(info).collect()
    }

    async fn observe(&self, cluster: &VirtualCluster) -> Hosted<Observation> {
        let host = self.host(&cluster.host)?;
        host.on_behalf(cluster.id, observe::observe(host, cluster))
            .await
    }

    async fn make_namespace(&self, cluster: &VirtualCluster) -> Hosted<()> {
        let host = self.host(&cluster.host)?;
        host.on_behalf(cluster.id, apply::make_namespace(host, cluster))
            .await
    }

    async fn apply(&self, cluster: &VirtualCluster) -> Hosted<usize> {
        let host = self.host(&cluster.host)?;
        host.on_behalf(cluster.id, apply::apply(host, cluster))
            .await
    }

    async fn restore(&self, cluster: &VirtualCluster, drift: &[Drift]) -> Hosted<()> {
        let host = self.host(&cluster.host)?;
        host.on_behalf(cluster.id, apply::restore(host, cluster, drift))
            .await
    }

    async fn stop_workloads(&self, cluster: &VirtualCluster) -> Hosted<()> {
        let host = self.host(&cluster.host)?;
        host.on_behalf(cluster.id, apply::stop_workloads(host, cluster))
            .await
    }

    async fn delete(&self, cluster: &VirtualCluster) -> Hosted<()> {
        let host = self.host(&cluster.host)?;
        host.on_behalf(cluster.id, apply::delete(host, cluster))
            .await
    }

    async fn kubeconfig(&self, cluster: &VirtualCluster) -> Hosted<SecretString> {
        kubeconfig::kubeconfig(self.host(&cluster.host)?, cluster).await
    }

    async fn events(&self, cluster: &VirtualCluster) -> Hosted<Events<ClusterEvent>> {
        events::events(self.host(&cluster.host)?, cluster).await
    }

    async fn deletion_preview(&self, cluster: &VirtualCluster) -> Hosted<Vec<DeletionPreview>> {
        deletion_preview::deletion_preview(self.host(&cluster.host)?, cluster).await
    }

    fn changes(&self) -> BoxStream<'static, ClusterId> {
        let hosts = self.hosts.iter().map(|host| host.cache.changes().boxed());
        // An initial list contains thousands of objects, several per cluster.
        let distinct = stream::select_all(hosts)
            .ready_chunks(AT_ONCE)
            .flat_map(|changed| {
                let changed: HashSet<_> = changed.into_iter().collect();
                stream::iter(changed)
            });
        // A stream that ended would look like a failure.
        distinct.chain(stream::pending()).boxed()
    }

    async fn check(&self, host: &str) -> Hosted<Vec<PermissionCheck>> {
        permissions::check(self.host(host)?).await
    }
}
