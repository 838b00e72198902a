//! The vCluster's configuration, in the Secret that the syncer reads.

use super::metadata;
use crate::{config::HostConfig, observe::endpoint};
use domain::exposure::Exposure;
use k8s_openapi::{ByteString, api::core::v1::Secret};
use provisioning::ports::host_clusters::VirtualCluster;
use serde_json::json;

const TEMPLATE: &str = include_str!("values.yaml");

/// The configuration as YAML. `addresses` go into the certificate of a vCluster that is exposed by a node port; an
/// ingress host always does.
pub(super) fn values(cluster: &VirtualCluster, host: &HostConfig, addresses: &[String]) -> String {
    let (names, server) = match &cluster.exposure {
        Exposure::Ingress { host: name } => (json!([name.as_str()]), endpoint::ingress(name, host)),
        Exposure::NodePort => (json!(addresses), String::new()),
        // The syncer detects the load balancer's address itself.
        Exposure::LoadBalancer | Exposure::PortForward => (json!([]), String::new()),
    };
    TEMPLATE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            line.replace(
                "$REGISTRY",
                &json!(host.registries.docker_library).to_string(),
            )
            .replace("$NAMES", &names.to_string())
            .replace("$SERVER", &json!(server).to_string())
                + "\n"
        })
        .collect()
}

pub(super) fn secret(cluster: &VirtualCluster, values: &str) -> Secret {
    Secret {
        metadata: metadata(cluster, secret_name(cluster)),
        type_: Some("Opaque".into()),
        data: Some([("config.yaml".to_owned(), ByteString(values.into()))].into()),
        ..Secret::default()
    }
}

pub(super) fn secret_name(cluster: &VirtualCluster) -> String {
    format!("vc-config-{}", cluster.name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{cluster, host, ingress_exposure};
    use super::*;
    use serde_norway::Value;

    fn parsed(exposure: Exposure, addresses: &[String]) -> Value {
        serde_norway::from_str(&values(&cluster(exposure), &host(), addresses)).unwrap()
    }

    #[test]
    fn an_ingress_host_is_in_the_certificate_and_in_the_exported_server() {
        let values = parsed(ingress_exposure(), &[]);
        let sans = &values["controlPlane"]["proxy"]["extraSANs"];
        assert_eq!(sans[0], "ci.clusters.example.com");
        let server = &values["exportKubeConfig"]["server"];
        assert_eq!(server, "https://ci.clusters.example.com");
    }

    #[test]
    fn node_addresses_are_in_the_certificate() {
        let values = parsed(
            Exposure::NodePort,
            &["192.0.2.1".into(), "2001:db8::1".into()],
        );
        let sans = &values["controlPlane"]["proxy"]["extraSANs"];
        assert_eq!(sans[1], "2001:db8::1");
    }

    #[test]
    fn the_leaves_that_must_not_be_zero_are_there() {
        let values = parsed(Exposure::LoadBalancer, &[]);
        for path in [
            "sync.toHost.pods.rewriteHosts.initContainer.image.tag",
            "sync.toHost.gatewayApi.referenceGrants.enabled",
            "sync.fromHost.storageClasses.enabled",
            "controlPlane.distro.k8s.controllerManager.enabled",
            "controlPlane.proxy.port",
            "controlPlane.statefulSet.highAvailability.retryPeriod",
            "controlPlane.advanced.workloadServiceAccount.enabled",
            "networking.advanced.proxyKubelets.byIP",
            "experimental.syncSettings.setOwner",
            "logging.encoding",
        ] {
            let leaf = path.split('.').fold(&values, |value, key| &value[key]);
            assert!(!leaf.is_null(), "{path}");
        }
        assert_eq!(values["telemetry"]["enabled"], Value::Bool(false));
        let dns = &values["controlPlane"]["coredns"]["deployment"];
        let spread = &dns["topologySpreadConstraints"][0];
        assert_eq!(
            spread["labelSelector"]["matchLabels"]["k8s-app"],
            "vcluster-kube-dns"
        );
    }
}
