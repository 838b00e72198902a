//! The allowed traffic of a vCluster's pods: each other, their control plane, the host's DNS and the internet, but
//! not other vClusters or the host's internal network.

use super::metadata;
use crate::labels::{self, map};
use k8s_openapi::{
    api::networking::v1::{
        IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule,
        NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec,
    },
    apimachinery::pkg::{apis::meta::v1::LabelSelector, util::intstr::IntOrString},
};
use provisioning::ports::host_clusters::VirtualCluster;
use std::collections::BTreeMap;

/// Networks that workloads cannot reach: carrier-grade NAT, loopback and private ranges.
const INNER_NETWORKS: [&str; 5] = [
    "100.64.0.0/10",
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
];

/// The conventional address of a node-local DNS cache.
const NODE_LOCAL_DNS: &str = "169.254.20.10/32";

/// The policies of the control plane and of the workloads.
pub(super) fn network_policies(cluster: &VirtualCluster) -> Vec<NetworkPolicy> {
    vec![control_plane(cluster), workloads(cluster)]
}

fn control_plane(cluster: &VirtualCluster) -> NetworkPolicy {
    let name = cluster.name.as_str();
    let workloads = pods(map([(labels::SYNCED_BY, name)]));
    NetworkPolicy {
        metadata: metadata(cluster, format!("vc-cp-{name}")),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(select(map([("release", name)]))),
            policy_types: Some(vec!["Egress".into(), "Ingress".into()]),
            egress: Some(vec![
                host_dns(),
                // The host's API server, whose address no pod selector covers.
                egress(ports(&[("TCP", 443), ("TCP", 8443), ("TCP", 6443)]), vec![]),
                // Webhooks, `kubectl port-forward` and similar, proxied to workloads.
                egress(None, vec![workloads.clone()]),
            ]),
            ingress: Some(vec![
                ingress(ports(&[("TCP", 8443)]), vec![]),
                ingress(ports(&[("UDP", 1053), ("TCP", 1053)]), vec![workloads]),
            ]),
        }),
    }
}

fn workloads(cluster: &VirtualCluster) -> NetworkPolicy {
    let name = cluster.name.as_str();
    let workloads = map([(labels::SYNCED_BY, name)]);
    let internet = NetworkPolicyPeer {
        ip_block: Some(IPBlock {
            cidr: "0.0.0.0/0".into(),
            except: Some(INNER_NETWORKS.map(str::to_owned).to_vec()),
        }),
        ..NetworkPolicyPeer::default()
    };
    NetworkPolicy {
        metadata: metadata(cluster, format!("vc-work-{name}")),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(select(workloads.clone())),
            policy_types: Some(vec!["Egress".into()]),
            egress: Some(vec![
                // CoreDNS is a workload too, and forwards to the host's DNS.
                host_dns(),
                egress(
                    ports(&[("UDP", 1053), ("TCP", 1053), ("TCP", 8443)]),
                    vec![pods(map([("release", name)]))],
                ),
                egress(None, vec![pods(workloads), internet]),
            ]),
            ..NetworkPolicySpec::default()
        }),
    }
}

/// The host's DNS, in any distribution. Its pods listen on 53, 1053 or 5353.
fn host_dns() -> NetworkPolicyEgressRule {
    let everywhere = NetworkPolicyPeer {
        namespace_selector: Some(LabelSelector::default()),
        ..pods(map([("k8s-app", "kube-dns")]))
    };
    let on_the_node = NetworkPolicyPeer {
        ip_block: Some(IPBlock {
            cidr: NODE_LOCAL_DNS.into(),
            except: None,
        }),
        ..NetworkPolicyPeer::default()
    };
    let both = [53, 1053, 5353].map(|port| [("UDP", port), ("TCP", port)]);
    egress(ports(both.as_flattened()), vec![everywhere, on_the_node])
}

fn egress(
    ports: Option<Vec<NetworkPolicyPort>>,
    to: Vec<NetworkPolicyPeer>,
) -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule {
        ports,
        to: (!to.is_empty()).then_some(to),
    }
}

fn ingress(
    ports: Option<Vec<NetworkPolicyPort>>,
    from: Vec<NetworkPolicyPeer>,
) -> NetworkPolicyIngressRule {
    NetworkPolicyIngressRule {
        ports,
        from: (!from.is_empty()).then_some(from),
    }
}

fn ports(ports: &[(&str, i32)]) -> Option<Vec<NetworkPolicyPort>> {
    let port = |(protocol, port): &(&str, i32)| NetworkPolicyPort {
        protocol: Some((*protocol).to_owned()),
        port: Some(IntOrString::Int(*port)),
        end_port: None,
    };
    Some(ports.iter().map(port).collect())
}

fn pods(labels: BTreeMap<String, String>) -> NetworkPolicyPeer {
    NetworkPolicyPeer {
        pod_selector: Some(select(labels)),
        ..NetworkPolicyPeer::default()
    }
}

fn select(labels: BTreeMap<String, String>) -> LabelSelector {
    LabelSelector {
        match_labels: Some(labels),
        ..LabelSelector::default()
    }
}
