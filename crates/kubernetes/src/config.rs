//! The configuration of host clusters.

use domain::exposure::ExposureKind;
use secrecy::SecretString;
use serde::Deserialize;
use std::{path::PathBuf, time::Duration};

/// The host clusters. New vClusters are created on the first.
#[derive(Clone, Debug, Default)]
pub struct HostClustersConfig {
    pub clusters: Vec<HostConfig>,
    /// Timeouts for requests to the hosts.
    pub timeouts: Timeouts,
}

#[derive(Clone, Debug)]
pub struct HostConfig {
    /// The name in the configuration.
    pub name: String,
    pub access: HostAccess,
    /// The context of the kubeconfig; by default the current one.
    pub context: Option<String>,
    /// The exposures that it offers.
    pub exposures: Vec<ExposureKind>,
    /// A domain that resolves to its ingress; the form suggests host names in it.
    pub ingress_domain: Option<String>,
    /// The external port of its ingress.
    pub ingress_port: u16,
    /// The address of its ingress, for domains without a DNS record: kubeconfigs contain this address and the host
    /// name as TLS server name.
    pub ingress_address: Option<String>,
    /// The ingress class, which must pass TLS through; by default the default class.
    pub ingress_class: Option<String>,
    /// The port of vClusters behind a load balancer, for load balancers that cannot use 443.
    pub api_port: u16,
    /// The storage class of control plane volumes; by default the default class.
    pub storage_class: Option<String>,
    /// The registries of images.
    pub registries: Registries,
    /// The Pod Security level enforced in the namespaces of vClusters.
    pub pod_security: PodSecurity,
}

/// How the portal connects to a host cluster.
#[derive(Clone, Debug)]
pub enum HostAccess {
    /// The portal runs in the host cluster and uses its service account.
    InCluster,
    /// A kubeconfig file of the platform team; it may use a credential plugin.
    KubeconfigFile(PathBuf),
    /// A kubeconfig as text.
    Kubeconfig(SecretString),
}

/// Image registries, for hosts that can reach only a mirror.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registries {
    /// Replaces `ghcr.io`: contains `loft-sh/vcluster-oss` and `loft-sh/kubernetes`.
    pub ghcr: String,
    /// Replaces `mirror.gcr.io`: contains `library/alpine`.
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

/// A Pod Security level. `restricted` is not available: a vCluster's control plane runs as root in its container,
/// which that level forbids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PodSecurity {
    /// Workloads of vClusters have no access to the host's files, network and devices.
    #[default]
    Baseline,
    /// Workloads are not restricted: users of a vCluster can take over the host's nodes.
    Privileged,
}

impl PodSecurity {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Timeouts {
    /// For connecting to a host.
    pub connect: Duration,
    /// For a response of a host.
    pub answer: Duration,
    /// For a vCluster's readiness endpoint.
    pub ready: Duration,
    /// How long a condition that may resolve itself (no capacity, volume or address yet) lasts before it counts as a
    /// failure.
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
    /// A host with default settings.
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
