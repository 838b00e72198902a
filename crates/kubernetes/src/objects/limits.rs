//! The limits of a vCluster's namespace: the plan, plus an allowance for the control plane, which runs in the same
//! namespace.

use super::metadata;
use domain::{exposure::ExposureKind, plan::Plan};
use k8s_openapi::{
    api::core::v1::{LimitRange, LimitRangeItem, LimitRangeSpec, ResourceQuota, ResourceQuotaSpec},
    apimachinery::pkg::api::resource::Quantity,
};
use provisioning::ports::host_clusters::VirtualCluster;
use std::collections::BTreeMap;

/// The ratio of limits to requests: containers seldom peak together.
const OVERCOMMIT: u64 = 2;

/// Ephemeral storage of a container without resources, in GiB: request and limit.
const EPHEMERAL_GIB: (u64, u64) = (3, 8);

/// The resources of the control plane and of CoreDNS, the latter twice because of rolling updates.
mod overhead {
    pub const PODS: u64 = 3;
    pub const REQUESTS_CPU_MILLIS: u64 = 300;
    pub const REQUESTS_MEMORY_MIB: u64 = 512;
    pub const LIMITS_CPU_MILLIS: u64 = 4000;
    pub const LIMITS_MEMORY_MIB: u64 = 4608;
    pub const STORAGE_GIB: u64 = super::super::stateful_set::DATA_GIB;
    pub const REQUESTS_EPHEMERAL_GIB: u64 = 9;
    pub const LIMITS_EPHEMERAL_GIB: u64 = 26;
    /// The control plane's Services, CoreDNS's, and those that the syncer creates briefly to detect the host's
    /// address ranges.
    pub const SERVICES: u64 = 6;
}

/// The defaults of a container without resources: an equal share of the plan as request, and twice that as limit.
pub(super) fn limit_range(cluster: &VirtualCluster) -> LimitRange {
    let plan = &cluster.plan;
    let pods = u64::from(plan.pods.max(1));
    let cpu = (u64::from(plan.cpu_millis) / pods).max(10);
    let memory = (u64::from(plan.memory_mib) / pods).max(16);
    let share = |cpu: u64, memory: u64, ephemeral: u64| {
        Some(quantities([
            ("cpu", millis(cpu)),
            ("memory", mib(memory)),
            ("ephemeral-storage", gib(ephemeral)),
        ]))
    };
    LimitRange {
        metadata: metadata(cluster, format!("vc-{}", cluster.name)),
        spec: Some(LimitRangeSpec {
            limits: vec![LimitRangeItem {
                type_: "Container".into(),
                default_request: share(cpu, memory, EPHEMERAL_GIB.0),
                default: share(cpu * OVERCOMMIT, memory * OVERCOMMIT, EPHEMERAL_GIB.1),
                ..LimitRangeItem::default()
            }],
        }),
    }
}

/// The resource quota of the namespace.
pub(super) fn quota(cluster: &VirtualCluster) -> ResourceQuota {
    ResourceQuota {
        metadata: metadata(cluster, format!("vc-{}", cluster.name)),
        spec: Some(ResourceQuotaSpec {
            hard: Some(hard(&cluster.plan, cluster.exposure.kind())),
            ..ResourceQuotaSpec::default()
        }),
        ..ResourceQuota::default()
    }
}

fn hard(plan: &Plan, exposure: ExposureKind) -> BTreeMap<String, Quantity> {
    let (cpu, memory) = (u64::from(plan.cpu_millis), u64::from(plan.memory_mib));
    let (storage, pods) = (u64::from(plan.storage_gib), u64::from(plan.pods));
    let services = pods.max(20) + overhead::SERVICES;
    // For the vCluster's own Service only. A load balancer uses a node port for its one port, because many providers
    // do not support the alternative; a NodePort Service has two ports.
    let (load_balancers, node_ports) = match exposure {
        ExposureKind::LoadBalancer => (1, 1),
        ExposureKind::NodePort => (0, 2),
        ExposureKind::Ingress | ExposureKind::PortForward => (0, 0),
    };
    quantities([
        ("requests.cpu", millis(cpu + overhead::REQUESTS_CPU_MILLIS)),
        (
            "limits.cpu",
            millis(cpu * OVERCOMMIT + overhead::LIMITS_CPU_MILLIS),
        ),
        (
            "requests.memory",
            mib(memory + overhead::REQUESTS_MEMORY_MIB),
        ),
        (
            "limits.memory",
            mib(memory * OVERCOMMIT + overhead::LIMITS_MEMORY_MIB),
        ),
        ("requests.storage", gib(storage + overhead::STORAGE_GIB)),
        (
            "requests.ephemeral-storage",
            gib(pods * EPHEMERAL_GIB.0 + overhead::REQUESTS_EPHEMERAL_GIB),
        ),
        (
            "limits.ephemeral-storage",
            gib(pods * EPHEMERAL_GIB.1 + overhead::LIMITS_EPHEMERAL_GIB),
        ),
        ("count/pods", (pods + overhead::PODS).to_string()),
        ("count/persistentvolumeclaims", (pods + 1).to_string()),
        ("count/services", services.to_string()),
        ("count/endpoints", (2 * services).to_string()),
        ("count/secrets", (100 + pods).to_string()),
        ("count/configmaps", (100 + pods).to_string()),
        ("services.loadbalancers", load_balancers.to_string()),
        ("services.nodeports", node_ports.to_string()),
    ])
}

// In Kubernetes' own notation, so that applying again changes nothing.

fn millis(value: u64) -> String {
    match value % 1000 {
        0 => (value / 1000).to_string(),
        _ => format!("{value}m"),
    }
}

fn mib(value: u64) -> String {
    match value % 1024 {
        0 => gib(value / 1024),
        _ => format!("{value}Mi"),
    }
}

fn gib(value: u64) -> String {
    format!("{value}Gi")
}

fn quantities<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, Quantity> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Quantity(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_pods_without_wishes_fit_as_the_plan_names() {
        for plan in Plan::defaults() {
            let share = u64::from(plan.cpu_millis) / u64::from(plan.pods);
            assert!(share * u64::from(plan.pods) <= u64::from(plan.cpu_millis));
            assert!(share >= 100, "{}: {share}m", plan.name);
        }
    }

    #[test]
    fn quantities_are_written_as_kubernetes_writes_them() {
        assert_eq!((millis(8000), millis(2300)), ("8".into(), "2300m".into()));
        assert_eq!((mib(8192), mib(4608)), ("8Gi".into(), "4608Mi".into()));
    }

    #[test]
    fn a_plan_without_pods_still_gives_a_valid_limit_range() {
        let mut cluster = super::super::tests::cluster(domain::exposure::Exposure::PortForward);
        cluster.plan.pods = 0;
        let item = limit_range(&cluster).spec.unwrap().limits.remove(0);
        assert_eq!(item.default_request.unwrap()["cpu"].0, "2");
    }
}
