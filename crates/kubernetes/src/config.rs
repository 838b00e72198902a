//! What the platform team configures for each host cluster.

use domain::exposure::ExposureKind;
use secrecy::SecretString;
use serde::Deserialize;
use std::{path::PathBuf, time::Duration};

/// The host clusters, the first of which takes new vClusters.
#[derive(Clone, Debug, Default)]
pub struct HostClustersConfig {
    /// The hosts.
    pub clusters: Vec<HostConfig>,
    /// How long to wait for them.
    pub timeouts: Timeouts,
}

/// One host cluster.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// What people call it.
    pub name: String,
    /// How to get at it.
    pub access: HostAccess,
    /// The context of the kubeconfig; its current one if not given.
    pub context: Option<String>,
    /// The ways to be reached that it offers to vClusters.
    pub exposures: Vec<ExposureKind>,
    /// A domain that points to its ingress: suggested to people who choose an ingress host.
    pub ingress_domain: Option<String>,
    /// The port of its ingress as seen from outside.
    pub ingress_port: u16,
    /// The address of its ingress, for domains that have no DNS record: kubeconfigs then lead to this
    /// address and ask for the host name by TLS server name.
    pub ingress_address: Option<String>,
    /// The ingress class, which must pass TLS through; the default class if not given.
    pub ingress_class: Option<String>,
    /// The port of vClusters behind a load balancer, for load balancers that cannot offer 443.
    pub api_port: u16,
    /// The storage class of the control planes' volumes; the default class if not given.
    pub storage_class: Option<String>,
    /// Where images come from.
    pub registries: Registries,
    /// The Pod Security level enforced in the namespaces of vClusters.
    pub pod_security: PodSecurity,
}

/// How the portal gets at a host cluster.
#[derive(Clone, Debug)]
pub enum HostAccess {
    /// The portal runs in the host cluster and uses its ServiceAccount.
    InCluster,
    /// A kubeconfig in a file. It is the platform team's own, so it may name a credential plugin.
    KubeconfigFile(PathBuf),
    /// A kubeconfig as text.
    Kubeconfig(SecretString),
}

/// Registries to pull from, for hosts that only reach a mirror.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registries {
    /// In place of `ghcr.io`: holds `loft-sh/vcluster-oss` and `loft-sh/kubernetes`.
    pub ghcr: String,
    /// In place of `mirror.gcr.io`: holds `library/alpine`.
    pub docker_library: String,
}

impl Default for Registries {
    fn default() -> Self {
        Self {
            ghcr: "ghcr.io".into(),
            docker_library: "mirror.gcr.io".into(),
        }
    }
}

/// A Pod Security level. `restricted` is not among them: a vCluster's control plane runs as root
/// in its container, which that level refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PodSecurity {
    /// Workloads of vClusters get neither the host's files, nor its network, nor its devices.
    #[default]
    Baseline,
    /// Workloads may do all that a pod can: whoever uses a vCluster can take over its nodes.
    Privileged,
}

impl PodSecurity {
    /// The value of the namespace's label.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }
}

/// How long to wait.
#[derive(Clone, Debug)]
pub struct Timeouts {
    /// For a connection to a host.
    pub connect: Duration,
    /// For an answer of a host.
    pub answer: Duration,
    /// For a vCluster to say whether it is ready.
    pub ready: Duration,
    /// How long something that may pass by itself (no room yet, no volume yet, no address yet)
    /// lasts before it is called a failure.
    pub patience: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(15),
            ready: Duration::from_secs(2),
            patience: Duration::from_secs(120),
        }
    }
}

impl HostConfig {
    /// A host with defaults for everything else.
    pub fn new(name: impl Into<String>, access: HostAccess) -> Self {
        Self {
            name: name.into(),
            access,
            context: None,
            exposures: vec![ExposureKind::LoadBalancer, ExposureKind::PortForward],
            ingress_domain: None,
            ingress_port: 443,
            ingress_address: None,
            ingress_class: None,
            api_port: 443,
            storage_class: None,
            registries: Registries::default(),
            pod_security: PodSecurity::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kubeconfig_given_as_text_does_not_show_in_debug_output() {
        let access = HostAccess::Kubeconfig(SecretString::from("token: canary"));
        let host = HostConfig::new("eu-1", access);
        assert!(!format!("{host:?}").contains("canary"));
    }
}
