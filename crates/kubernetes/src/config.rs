//! What the platform team configures for each host cluster.

use domain::exposure::ExposureKind;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use std::{path::PathBuf, time::Duration};

/// The host clusters, the first of which takes new vClusters.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostClustersConfig {
    /// The hosts.
    #[serde(default)]
    pub clusters: Vec<HostConfig>,
    /// How long to wait for them.
    #[serde(default)]
    pub timeouts: Timeouts,
}

/// One host cluster.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostConfig {
    /// What people call it.
    pub name: String,
    /// How to get at it.
    pub access: HostAccess,
    /// The context of the kubeconfig; its current one if not given.
    #[serde(default)]
    pub context: Option<String>,
    /// The ways to be reached that it offers to vClusters.
    #[serde(default = "default_exposures")]
    pub exposures: Vec<ExposureKind>,
    /// A domain that points to its ingress: suggested to people who choose an ingress host.
    #[serde(default)]
    pub ingress_domain: Option<String>,
    /// The port of its ingress as seen from outside.
    #[serde(default = "https_port")]
    pub ingress_port: u16,
    /// The ingress class, which must pass TLS through; the default class if not given.
    #[serde(default)]
    pub ingress_class: Option<String>,
    /// The port of vClusters behind a load balancer, for load balancers that cannot offer 443.
    #[serde(default = "https_port")]
    pub api_port: u16,
    /// The storage class of the control planes' volumes; the default class if not given.
    #[serde(default)]
    pub storage_class: Option<String>,
    /// Where images come from.
    #[serde(default)]
    pub registries: Registries,
    /// The Pod Security level enforced in the namespaces of vClusters.
    #[serde(default)]
    pub pod_security: PodSecurity,
}

/// How the portal gets at a host cluster. In TOML: `access = "in_cluster"` or
/// `access = { kubeconfig_file = "/etc/hangar/eu-1.yaml" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostAccess {
    /// The portal runs in the host cluster and uses its ServiceAccount.
    InCluster,
    /// A kubeconfig in a file. It is the platform team's own, so it may name a credential plugin.
    KubeconfigFile(PathBuf),
    /// A kubeconfig as text.
    #[serde(deserialize_with = "secret_text")]
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

/// How long to wait; seconds in the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// For a connection to a host.
    #[serde(deserialize_with = "seconds")]
    pub connect: Duration,
    /// For an answer of a host.
    #[serde(deserialize_with = "seconds")]
    pub answer: Duration,
    /// For a vCluster to say whether it is ready.
    #[serde(deserialize_with = "seconds")]
    pub ready: Duration,
    /// How long something that may pass by itself (no room yet, no volume yet, no address yet)
    /// lasts before it is called a failure.
    #[serde(deserialize_with = "seconds")]
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
            exposures: default_exposures(),
            ingress_domain: None,
            ingress_port: https_port(),
            ingress_class: None,
            api_port: https_port(),
            storage_class: None,
            registries: Registries::default(),
            pod_security: PodSecurity::default(),
        }
    }
}

fn default_exposures() -> Vec<ExposureKind> {
    vec![ExposureKind::LoadBalancer, ExposureKind::PortForward]
}

fn https_port() -> u16 {
    443
}

fn secret_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_host_needs_only_a_name_and_a_way_in() {
        let config: HostClustersConfig = serde_json::from_value(json!({
            "clusters": [
                {"name": "eu-1", "access": {"kubeconfig_file": "/etc/eu-1.yaml"}},
                {"name": "here", "access": "in_cluster", "exposures": ["ingress"], "pod_security": "privileged"},
            ],
            "timeouts": {"answer": 3},
        }))
        .unwrap();
        assert_eq!(config.clusters[0].api_port, 443);
        assert_eq!(config.clusters[0].pod_security, PodSecurity::Baseline);
        assert_eq!(config.clusters[1].exposures, [ExposureKind::Ingress]);
        assert_eq!(config.timeouts.answer, Duration::from_secs(3));
        assert_eq!(config.timeouts.connect, Duration::from_secs(5));
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        let host = json!({"name": "a", "access": "in_cluster", "ingres_class": "nginx"});
        let error = serde_json::from_value::<HostConfig>(host).unwrap_err();
        assert!(error.to_string().contains("ingres_class"), "{error}");
    }

    #[test]
    fn a_kubeconfig_given_as_text_does_not_show_in_debug_output() {
        let host: HostConfig =
            serde_json::from_value(json!({"name": "a", "access": {"kubeconfig": "token: canary"}}))
                .unwrap();
        assert!(!format!("{host:?}").contains("canary"));
    }
}
