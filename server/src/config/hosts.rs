//! The clusters that host vClusters.

use super::fault::Faults;
use domain::exposure::ExposureKind;
use kubernetes::{HostAccess, HostConfig, PodSecurity, Registries};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// One `[hosts.NAME]` in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HostSection {
    pub kubeconfig: Option<PathBuf>,
    /// The context in it; by default the current one.
    pub context: Option<String>,
    /// Use the service account of Hangar's own pod.
    pub in_cluster: bool,
    /// The exposures that the host offers; by default LoadBalancer and port-forward.
    pub exposures: Option<Vec<String>>,
    /// A domain whose names resolve to the ingress; the form suggests host names in it.
    pub ingress_domain: Option<String>,
    /// The external port of the ingress.
    pub ingress_port: Option<u16>,
    /// The address of the ingress, for a domain without a DNS record.
    pub ingress_address: Option<String>,
    /// The ingress class, which must pass TLS through.
    pub ingress_class: Option<String>,
    /// The port of clusters behind a load balancer.
    pub api_port: Option<u16>,
    /// The storage class of control plane volumes.
    pub storage_class: Option<String>,
    /// Registry mirrors for images.
    pub registries: Registries,
    /// The Pod Security level of the clusters' namespaces.
    pub pod_security: PodSecurity,
    /// Create new clusters here, if there are several hosts.
    pub default: bool,
}

impl HostSection {
    fn read(self, name: &str, folder: &Path, faults: &mut Faults) -> Option<HostConfig> {
        let key = |field: &str| format!("hosts.{name}.{field}");
        if !super::is_slug(name) {
            faults.add(format!("hosts.{name}"), super::SLUG_RULE);
        }
        let access = match (self.kubeconfig, self.in_cluster) {
            (Some(path), false) => Some(HostAccess::KubeconfigFile(folder.join(path))),
            (None, true) => Some(HostAccess::InCluster),
            _ => faults.none(
                format!("hosts.{name}"),
                "needs either kubeconfig = \"PATH\" or in_cluster = true",
            ),
        };
        for (field, port) in [
            ("api_port", self.api_port),
            ("ingress_port", self.ingress_port),
        ] {
            if port == Some(0) {
                faults.add(key(field), "must be between 1 and 65535");
            }
        }
        let mut host = HostConfig::new(name, access?);
        if let Some(words) = self.exposures {
            host.exposures.clear();
            for word in words {
                match word.parse::<ExposureKind>() {
                    Ok(kind) if host.exposures.contains(&kind) => {}
                    Ok(kind) => host.exposures.push(kind),
                    Err(error) => faults.add(key("exposures"), error.message),
                }
            }
            if host.exposures.is_empty() {
                faults.add(key("exposures"), "must contain at least one exposure");
            }
        } else if self.ingress_domain.is_some() {
            host.exposures.push(ExposureKind::Ingress);
        }
        host.context = self.context;
        host.ingress_domain = self.ingress_domain;
        host.ingress_port = self.ingress_port.unwrap_or(host.ingress_port);
        host.ingress_address = self.ingress_address;
        host.ingress_class = self.ingress_class;
        host.api_port = self.api_port.unwrap_or(host.api_port);
        host.storage_class = self.storage_class;
        host.registries = self.registries;
        host.pod_security = self.pod_security;
        Some(host)
    }
}

/// The hosts; new clusters go to the first.
pub fn read(
    sections: BTreeMap<String, HostSection>,
    folder: &Path,
    faults: &mut Faults,
) -> Vec<HostConfig> {
    let defaults = sections.values().filter(|section| section.default).count();
    if defaults > 1 || (sections.len() > 1 && defaults == 0) {
        faults.add(
            "hosts",
            "exactly one host must have default = true: new clusters are created there",
        );
    }
    let mut sections: Vec<_> = sections.into_iter().collect();
    sections.sort_by_key(|(_, section)| !section.default);
    sections
        .into_iter()
        .filter_map(|(name, section)| section.read(&name, folder, faults))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &[(&str, HostSection)]) -> (Vec<HostConfig>, Faults) {
        let sections: BTreeMap<_, _> = text
            .iter()
            .map(|(name, section)| ((*name).to_owned(), section.clone()))
            .collect();
        let mut faults = Faults::default();
        (
            read(sections, Path::new("/etc/hangar"), &mut faults),
            faults,
        )
    }

    fn in_cluster() -> HostSection {
        HostSection {
            in_cluster: true,
            ..HostSection::default()
        }
    }

    #[test]
    fn the_default_host_comes_first() {
        let second = HostSection {
            default: true,
            ..in_cluster()
        };
        let (hosts, faults) = hosts(&[("a", in_cluster()), ("b", second)]);
        assert!(faults.is_empty(), "{faults}");
        assert_eq!(hosts[0].name, "b");
    }

    #[test]
    fn several_hosts_without_a_default_are_refused() {
        let (_, faults) = hosts(&[("a", in_cluster()), ("b", in_cluster())]);
        assert!(faults.to_string().contains("default = true"));
    }

    #[test]
    fn ingress_is_offered_only_with_a_domain() {
        let (hosts, _) = hosts(&[("a", in_cluster())]);
        assert!(!hosts[0].exposures.contains(&ExposureKind::Ingress));
    }

    #[test]
    fn a_host_that_cannot_be_reached_in_any_way_is_refused() {
        let (_, faults) = hosts(&[("a", HostSection::default())]);
        assert!(faults.to_string().contains("kubeconfig"), "{faults}");
    }

    #[test]
    fn a_kubeconfig_is_looked_for_beside_the_configuration() {
        let section = HostSection {
            kubeconfig: Some("kube.yaml".into()),
            ..HostSection::default()
        };
        let (hosts, _) = hosts(&[("a", section)]);
        assert!(matches!(
            &hosts[0].access,
            HostAccess::KubeconfigFile(path) if path == Path::new("/etc/hangar/kube.yaml")
        ));
    }
}
