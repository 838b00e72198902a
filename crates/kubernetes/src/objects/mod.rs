//! The desired objects of a vCluster 0.36.1 on its host.

mod ingress;
mod limits;
mod namespace;
mod network_policies;
mod service_accounts;
mod services;
mod stateful_set;
mod values;

use crate::{
    cache::Kind,
    config::HostConfig,
    labels::{self, map},
};
use k8s_openapi::{
    api::{
        apps::v1::StatefulSet,
        core::v1::{LimitRange, Namespace, ResourceQuota, Secret, Service, ServiceAccount},
        networking::v1::{Ingress, NetworkPolicy},
        rbac::v1::{Role, RoleBinding},
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use provisioning::ports::host_clusters::VirtualCluster;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

#[cfg(test)]
pub(crate) use service_accounts::RULES;
pub(crate) use services::HTTPS;
use stateful_set::REPLICAS;

/// The desired objects of one vCluster, in the order in which they are applied.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Objects {
    pub namespace: Namespace,
    /// Defaults for containers without resources; before the quota, which requires them.
    pub limit_range: LimitRange,
    pub quota: ResourceQuota,
    /// The allowed traffic of its pods.
    pub network_policies: Vec<NetworkPolicy>,
    /// The service accounts of the control plane and of the workloads.
    pub service_accounts: Vec<ServiceAccount>,
    pub role: Role,
    pub role_binding: RoleBinding,
    pub config: Secret,
    pub services: Vec<Service>,
    pub ingress: Option<Ingress>,
    /// The control plane. Applied last, because it carries the digest of all objects.
    pub stateful_set: StatefulSet,
}

impl Objects {
    /// The objects for `cluster` on `host`. `addresses` are the node addresses in its certificate if it is exposed by
    /// a node port.
    pub fn wanted(cluster: &VirtualCluster, host: &HostConfig, addresses: &[String]) -> Self {
        let values = values::values(cluster, host, addresses);
        let mut objects = Self {
            namespace: namespace::namespace(cluster, host),
            limit_range: limits::limit_range(cluster),
            quota: limits::quota(cluster),
            network_policies: network_policies::network_policies(cluster),
            service_accounts: service_accounts::service_accounts(cluster),
            role: service_accounts::role(cluster),
            role_binding: service_accounts::role_binding(cluster),
            config: values::secret(cluster, &values),
            services: services::services(cluster, host),
            ingress: ingress::ingress(cluster, host),
            stateful_set: stateful_set::stateful_set(cluster, host, &digest(values.as_bytes())),
        };
        // Serializing these types cannot fail: keys are text and maps are ordered.
        let unmarked = serde_json::to_vec(&objects).unwrap_or_default();
        let mut annotations = map([(labels::OBJECTS, &digest(&unmarked))]);
        if !addresses.is_empty() {
            annotations.insert(labels::ADDRESSES.into(), addresses.join(","));
        }
        if let Some(at) = cluster.paused_at {
            annotations.extend(map([
                (labels::PAUSED, "true"),
                (labels::PAUSED_REPLICAS, &REPLICAS.to_string()),
                (labels::PAUSED_DATE, &at.to_string()),
                (labels::PAUSED_BY_PORTAL, "true"),
            ]));
        }
        objects.stateful_set.metadata.annotations = Some(annotations);
        objects
    }

    /// Every object with its kind, in the order in which they are applied.
    pub(crate) fn all(&self) -> Vec<(Kind, Value)> {
        // Serializing these types cannot fail: keys are text.
        fn value(object: &impl Serialize) -> Value {
            serde_json::to_value(object).unwrap_or_default()
        }
        fn values(objects: &[impl Serialize]) -> impl Iterator<Item = Value> {
            objects.iter().map(value)
        }
        let mut all = vec![
            (Kind::Namespace, value(&self.namespace)),
            (Kind::LimitRange, value(&self.limit_range)),
            (Kind::ResourceQuota, value(&self.quota)),
        ];
        let policies = values(&self.network_policies);
        all.extend(policies.map(|policy| (Kind::NetworkPolicy, policy)));
        let accounts = values(&self.service_accounts);
        all.extend(accounts.map(|account| (Kind::ServiceAccount, account)));
        all.push((Kind::Role, value(&self.role)));
        all.push((Kind::RoleBinding, value(&self.role_binding)));
        all.push((Kind::Secret, value(&self.config)));
        all.extend(values(&self.services).map(|service| (Kind::Service, service)));
        all.extend(
            self.ingress
                .iter()
                .map(|found| (Kind::Ingress, value(found))),
        );
        all.push((Kind::StatefulSet, value(&self.stateful_set)));
        all
    }

    pub fn count(&self) -> usize {
        let lists = self.network_policies.len() + self.service_accounts.len() + self.services.len();
        7 + lists + usize::from(self.ingress.is_some())
    }

    /// Takes over what cannot be changed in an existing StatefulSet.
    pub(crate) fn keep_claims(&mut self, found: &StatefulSet) {
        if let (Some(wanted), Some(spec)) = (&mut self.stateful_set.spec, &found.spec) {
            wanted.volume_claim_templates = spec.volume_claim_templates.clone();
        }
    }

    /// Does not undo a pause of an existing StatefulSet by others, for example by the vcluster command line.
    pub(crate) fn keep_pause(&mut self, found: &StatefulSet) {
        if let Some(wanted) = &mut self.stateful_set.spec
            && is_paused(found)
            && !is_paused_by_portal(found)
        {
            wanted.replicas = None;
        }
    }
}

pub(crate) fn annotation<'a>(found: &'a StatefulSet, name: &str) -> Option<&'a str> {
    let annotations = found.metadata.annotations.as_ref()?;
    annotations.get(name).map(String::as_str)
}

pub(crate) fn is_paused(found: &StatefulSet) -> bool {
    annotation(found, labels::PAUSED) == Some("true")
}

/// The annotation stays when the vcluster command line resumes the StatefulSet.
pub(crate) fn is_paused_by_portal(found: &StatefulSet) -> bool {
    annotation(found, labels::PAUSED_BY_PORTAL) == Some("true")
}

/// SHA-256 in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn metadata(cluster: &VirtualCluster, name: impl Into<String>) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.into()),
        namespace: Some(cluster.name.namespace()),
        labels: Some(labels::all(cluster)),
        ..ObjectMeta::default()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::config::HostAccess;
    use domain::{
        exposure::Exposure, ids::ClusterId, kubernetes_version::KubernetesVersion, plan::Plan,
    };

    pub(crate) fn cluster(exposure: Exposure) -> VirtualCluster {
        let id: ClusterId = "0198e1b2-7c1d-7a54-9d5c-0d7a6a1b2c3d".parse().unwrap();
        VirtualCluster {
            id,
            name: "payments-ci".parse().unwrap(),
            host: "eu-1".into(),
            tenant: "acme".into(),
            environment: "dev".into(),
            plan: Plan::defaults().remove(0),
            kubernetes_version: KubernetesVersion::ALL[0],
            exposure,
            paused_at: None,
        }
    }

    pub(crate) fn host() -> HostConfig {
        HostConfig::new("eu-1", HostAccess::InCluster)
    }

    pub(crate) fn ingress_exposure() -> Exposure {
        Exposure::Ingress {
            host: "ci.clusters.example.com".parse().unwrap(),
        }
    }

    #[test]
    fn the_whole_set_behind_a_load_balancer() {
        let objects = Objects::wanted(&cluster(Exposure::LoadBalancer), &host(), &[]);
        insta::assert_json_snapshot!(objects);
    }

    #[test]
    fn the_parts_that_differ_by_exposure() {
        let addresses = ["192.0.2.10".to_owned(), "192.0.2.11".to_owned()];
        let variants = [
            (Exposure::LoadBalancer, &[][..]),
            (Exposure::NodePort, &addresses[..]),
            (ingress_exposure(), &[]),
            (Exposure::PortForward, &[]),
        ];
        for (exposure, addresses) in variants {
            let objects = Objects::wanted(&cluster(exposure.clone()), &host(), addresses);
            let hard = objects.quota.spec.clone().unwrap().hard.unwrap();
            let values = &objects.config.data.as_ref().unwrap()["config.yaml"].0;
            insta::with_settings!({sort_maps => true}, {
            assert_eq!(objects.count(), objects.all().len());
            insta::assert_json_snapshot!(
                exposure.kind().as_str(),
                serde_json::json!({
                    "count": objects.count(),
                    "nodePorts": hard["services.nodeports"],
                    "loadBalancers": hard["services.loadbalancers"],
                    "values": String::from_utf8(values.clone()).unwrap().lines().collect::<Vec<_>>(),
                    "service": objects.services[0].spec,
                    "ingress": objects.ingress,
                    "annotations": objects.stateful_set.metadata.annotations,
                })
            );
            });
        }
    }

    #[test]
    fn the_digest_changes_with_every_wish_and_only_then() {
        let digest = |cluster: &VirtualCluster, host: &HostConfig, addresses: &[String]| {
            let wanted = Objects::wanted(cluster, host, addresses);
            annotation(&wanted.stateful_set, labels::OBJECTS).map(str::to_owned)
        };
        let first = cluster(Exposure::NodePort);
        let same = digest(&first, &host(), &[]);
        assert_eq!(same, digest(&first, &host(), &[]));

        let mut bigger = first.clone();
        bigger.plan = Plan::defaults().remove(1);
        let mut newer = first.clone();
        newer.kubernetes_version = KubernetesVersion::ALL[1];
        let mut paused = first.clone();
        paused.paused_at = Some("2026-12-01T18:00:00Z".parse().unwrap());
        let mut mirrored = host();
        mirrored.registries.ghcr = "mirror.example.com".into();
        for other in [
            digest(&bigger, &host(), &[]),
            digest(&newer, &host(), &[]),
            digest(&paused, &host(), &[]),
            digest(&first, &mirrored, &[]),
            digest(&first, &host(), &["192.0.2.1".into()]),
        ] {
            assert_ne!(same, other);
        }
    }

    #[test]
    fn a_paused_control_plane_keeps_its_replicas_and_its_volume() {
        let mut objects = Objects::wanted(&cluster(Exposure::LoadBalancer), &host(), &[]);
        let mut found = objects.stateful_set.clone();
        found.metadata.annotations = Some(map([(labels::PAUSED, "true")]));
        let spec = found.spec.as_mut().unwrap();
        spec.volume_claim_templates.as_mut().unwrap()[0]
            .spec
            .as_mut()
            .unwrap()
            .storage_class_name = Some("old".into());
        objects.keep_claims(&found);
        objects.keep_pause(&found);
        let kept = objects.stateful_set.spec.unwrap();
        assert_eq!(kept.replicas, None, "by others");
        assert_eq!(
            kept.volume_claim_templates,
            found.spec.unwrap().volume_claim_templates
        );
    }

    #[test]
    fn a_cluster_is_paused_as_the_vcluster_command_line_does_and_resumed_by_the_portal_alone() {
        let mut sleeping = cluster(Exposure::LoadBalancer);
        sleeping.paused_at = Some("2026-12-01T18:00:00Z".parse().unwrap());
        let found = Objects::wanted(&sleeping, &host(), &[]).stateful_set;
        assert_eq!(found.spec.as_ref().unwrap().replicas, Some(0));
        assert!(is_paused(&found) && is_paused_by_portal(&found));
        assert_eq!(annotation(&found, labels::PAUSED_REPLICAS), Some("1"));
        assert_eq!(
            annotation(&found, labels::PAUSED_DATE),
            Some("2026-12-01T18:00:00Z")
        );
        let mut objects = Objects::wanted(&cluster(Exposure::LoadBalancer), &host(), &[]);
        objects.keep_pause(&found);
        assert_eq!(objects.stateful_set.spec.unwrap().replicas, Some(1));
    }
}
