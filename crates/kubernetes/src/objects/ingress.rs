//! The ingress of a vCluster.
//!
//! The ingress must pass TLS through: clients authenticate with certificates, which end where TLS ends. Each
//! controller has its own annotation for that and ignores the others. Traefik supports nginx's annotation in its
//! provider for nginx annotations; its plain Ingress provider cannot pass TLS through.

use super::{metadata, services::HTTPS};
use crate::{config::HostConfig, labels::map};
use domain::exposure::Exposure;
use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule,
    IngressServiceBackend, IngressSpec, IngressTLS, ServiceBackendPort,
};
use provisioning::ports::host_clusters::VirtualCluster;

pub(super) fn ingress(cluster: &VirtualCluster, host: &HostConfig) -> Option<Ingress> {
    let Exposure::Ingress { host: name } = &cluster.exposure else {
        return None;
    };
    let mut metadata = metadata(cluster, cluster.name.as_str());
    metadata.annotations = Some(map([
        ("nginx.ingress.kubernetes.io/backend-protocol", "HTTPS"),
        ("nginx.ingress.kubernetes.io/ssl-passthrough", "true"),
        ("nginx.ingress.kubernetes.io/ssl-redirect", "true"),
        ("haproxy.org/ssl-passthrough", "true"),
        ("haproxy-ingress.github.io/ssl-passthrough", "true"),
    ]));
    let backend = IngressBackend {
        service: Some(IngressServiceBackend {
            name: cluster.name.as_str().into(),
            port: Some(ServiceBackendPort {
                name: Some(HTTPS.into()),
                number: None,
            }),
        }),
        resource: None,
    };
    Some(Ingress {
        metadata,
        spec: Some(IngressSpec {
            ingress_class_name: host.ingress_class.clone(),
            rules: Some(vec![IngressRule {
                host: Some(name.as_str().into()),
                http: Some(HTTPIngressRuleValue {
                    paths: vec![HTTPIngressPath {
                        path: Some("/".into()),
                        path_type: "Prefix".into(),
                        backend,
                    }],
                }),
            }]),
            tls: Some(vec![IngressTLS {
                hosts: Some(vec![name.as_str().into()]),
                // No certificate of the ingress: TLS ends at the vCluster.
                secret_name: None,
            }]),
            ..IngressSpec::default()
        }),
        ..Ingress::default()
    })
}
