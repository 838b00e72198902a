//! The Services of the control plane.

use super::metadata;
use crate::{
    config::HostConfig,
    labels::{self, map},
};
use domain::exposure::ExposureKind;
use k8s_openapi::{
    api::core::v1::{Service, ServicePort, ServiceSpec},
    apimachinery::pkg::util::intstr::IntOrString,
};
use provisioning::ports::host_clusters::VirtualCluster;

/// The name of the port of the vCluster's API.
pub(crate) const HTTPS: &str = "https";

/// The port on which the syncer listens.
const SYNCER_PORT: i32 = 8443;

/// The Service for users, and the headless one that names the pods.
pub(super) fn services(cluster: &VirtualCluster, host: &HostConfig) -> Vec<Service> {
    vec![reached(cluster, host), headless(cluster)]
}

fn reached(cluster: &VirtualCluster, host: &HostConfig) -> Service {
    let exposure = cluster.exposure.kind();
    let mut metadata = metadata(cluster, cluster.name.as_str());
    metadata
        .labels
        .get_or_insert_default()
        .extend(map([("vcluster.loft.sh/service", "true")]));
    let (kind, api_port) = match exposure {
        ExposureKind::LoadBalancer => ("LoadBalancer", i32::from(host.api_port)),
        ExposureKind::NodePort => ("NodePort", 443),
        ExposureKind::Ingress | ExposureKind::PortForward => ("ClusterIP", 443),
    };
    let mut ports = vec![port(HTTPS, api_port)];
    if exposure != ExposureKind::LoadBalancer {
        // The port that the vCluster's nodes report for their kubelet; not for external use.
        ports.push(port("kubelet", 10250));
    }
    Service {
        metadata,
        spec: Some(ServiceSpec {
            type_: Some(kind.into()),
            selector: Some(labels::selector(cluster.name.as_str())),
            ports: Some(ports),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}

fn headless(cluster: &VirtualCluster) -> Service {
    Service {
        metadata: metadata(cluster, headless_name(cluster)),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".into()),
            cluster_ip: Some("None".into()),
            publish_not_ready_addresses: Some(true),
            selector: Some(labels::selector(cluster.name.as_str())),
            ports: Some(vec![port(HTTPS, 443)]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}

pub(super) fn headless_name(cluster: &VirtualCluster) -> String {
    format!("{}-headless", cluster.name)
}

fn port(name: &str, port: i32) -> ServicePort {
    ServicePort {
        name: Some(name.into()),
        port,
        target_port: Some(IntOrString::Int(SYNCER_PORT)),
        protocol: Some("TCP".into()),
        ..ServicePort::default()
    }
}
