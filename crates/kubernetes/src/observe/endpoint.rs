//! The address of a vCluster's API for users.

use crate::{
    config::HostConfig,
    host::Host,
    labels,
    objects::{HTTPS, annotation},
};
use domain::exposure::{Exposure, ExposureKind, HostName};
use k8s_openapi::api::{
    apps::v1::StatefulSet,
    core::v1::{Node, Service, ServicePort},
};
use kube::ResourceExt;
use provisioning::ports::host_clusters::{Hosted, VirtualCluster};

/// The maximum number of node addresses in a certificate.
const MOST_ADDRESSES: usize = 16;

/// The addresses of the host's ready nodes: the external ones first, each sorted by node name. Read only for node port
/// exposure.
pub(crate) async fn nodes(host: &Host, cluster: &VirtualCluster) -> Hosted<Vec<String>> {
    if cluster.exposure.kind() != ExposureKind::NodePort {
        return Ok(Vec::new());
    }
    Ok(addresses(host.nodes().await?))
}

fn addresses(mut nodes: Vec<Node>) -> Vec<String> {
    nodes.sort_by_key(ResourceExt::name_any);
    let ready = || nodes.iter().filter(|node| is_ready(node));
    let external = ready().filter_map(|node| address(node, "ExternalIP"));
    let internal = ready()
        .filter(|node| address(node, "ExternalIP").is_none())
        .filter_map(|node| address(node, "InternalIP"));
    external.chain(internal).map(str::to_owned).collect()
}

fn is_ready(node: &Node) -> bool {
    let conditions = node.status.as_ref().and_then(|s| s.conditions.as_deref());
    let mut conditions = conditions.unwrap_or_default().iter();
    conditions.any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

/// The first address of this type.
fn address<'a>(node: &'a Node, kind: &str) -> Option<&'a str> {
    let mut known = node.status.as_ref()?.addresses.as_ref()?.iter();
    let found = known.find(|address| address.type_ == kind)?;
    Some(found.address.as_str())
}

/// The addresses in the vCluster's certificate. They are kept while one of them is valid, because a new certificate
/// restarts the control plane.
pub(crate) fn certificate_addresses(found: Option<&StatefulSet>, nodes: &[String]) -> Vec<String> {
    let chosen: Vec<String> = found
        .and_then(|found| annotation(found, labels::ADDRESSES))
        .map(|list| list.split(',').map(str::to_owned).collect())
        .unwrap_or_default();
    let good = nodes.is_empty() || chosen.iter().any(|address| nodes.contains(address));
    if !chosen.is_empty() && good {
        chosen
    } else {
        nodes.iter().take(MOST_ADDRESSES).cloned().collect()
    }
}

/// The address for users, once the host has assigned one.
pub(crate) fn endpoint(
    cluster: &VirtualCluster,
    host: &HostConfig,
    service: Option<&Service>,
    nodes: &[String],
    certified: &[String],
) -> Option<String> {
    match &cluster.exposure {
        Exposure::PortForward => Some("https://localhost:8443".into()),
        Exposure::Ingress { host: name } => Some(ingress(name, host)),
        Exposure::LoadBalancer => {
            let service = service?;
            let balancer = service.status.as_ref()?.load_balancer.as_ref()?;
            let given = balancer.ingress.as_ref()?.first()?;
            let address = given.ip.as_ref().or(given.hostname.as_ref())?;
            Some(url(address, https(service)?.port))
        }
        Exposure::NodePort => {
            let port = https(service?)?.node_port?;
            let node = nodes.iter().find(|node| certified.contains(node))?;
            Some(url(node, port))
        }
    }
}

pub(crate) fn ingress(name: &HostName, host: &HostConfig) -> String {
    url(name.as_str(), host.ingress_port.into())
}

/// How a client connects to the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub server: String,
    /// The name to request and to expect in the certificate, if it differs from the URL.
    pub server_name: Option<String>,
}

/// How to connect to `endpoint`: directly, unless its name has no DNS record.
pub(crate) fn way(exposure: &Exposure, host: &HostConfig, endpoint: &str) -> Way {
    match (exposure, &host.ingress_address) {
        (Exposure::Ingress { host: name }, Some(address)) => Way {
            server: url(address, host.ingress_port.into()),
            server_name: Some(name.to_string()),
        },
        _ => Way {
            server: endpoint.to_owned(),
            server_name: None,
        },
    }
}

fn https(service: &Service) -> Option<&ServicePort> {
    let ports = service.spec.as_ref()?.ports.as_ref()?;
    ports
        .iter()
        .find(|port| port.name.as_deref() == Some(HTTPS))
}

fn url(address: &str, port: i32) -> String {
    let address = if address.contains(':') {
        format!("[{address}]")
    } else {
        address.to_owned()
    };
    match port {
        443 => format!("https://{address}"),
        port => format!("https://{address}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::tests::{cluster, host, ingress_exposure};
    use serde_json::{Value, json};

    fn service(ports: Value, ingress: Value) -> Service {
        serde_json::from_value(json!({
            "spec": {"ports": ports}, "status": {"loadBalancer": {"ingress": ingress}},
        }))
        .unwrap()
    }

    fn balanced(port: i32, ingress: Value) -> Option<String> {
        let service = service(json!([{"name": "https", "port": port}]), ingress);
        endpoint(
            &cluster(Exposure::LoadBalancer),
            &host(),
            Some(&service),
            &[],
            &[],
        )
    }

    #[test]
    fn a_load_balancer_gives_an_ip_or_a_name_and_443_goes_without_saying() {
        let cases = [
            (443, json!([{"ip": "203.0.113.7"}]), "https://203.0.113.7"),
            (
                6443,
                json!([{"ip": "203.0.113.7"}]),
                "https://203.0.113.7:6443",
            ),
            (
                443,
                json!([{"hostname": "a.elb.example.com"}]),
                "https://a.elb.example.com",
            ),
            (443, json!([{"ip": "2001:db8::7"}]), "https://[2001:db8::7]"),
        ];
        for (port, ingress, expected) in cases {
            assert_eq!(balanced(port, ingress).as_deref(), Some(expected));
        }
        assert_eq!(balanced(443, json!([])), None);
        assert_eq!(balanced(443, json!(null)), None);
    }

    #[test]
    fn a_node_port_is_reached_by_a_ready_node_that_the_certificate_names() {
        let service = service(
            json!([{"name": "https", "port": 443, "nodePort": 31443}, {"name": "kubelet", "port": 10250, "nodePort": 31250}]),
            json!(null),
        );
        let at = |nodes: &[&str], certified: &[&str]| {
            let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            let cluster = cluster(Exposure::NodePort);
            endpoint(
                &cluster,
                &host(),
                Some(&service),
                &owned(nodes),
                &owned(certified),
            )
        };
        let expected = Some("https://192.0.2.2:31443".to_owned());
        assert_eq!(at(&["192.0.2.1", "192.0.2.2"], &["192.0.2.2"]), expected);
        assert_eq!(at(&["192.0.2.1"], &["192.0.2.2"]), None);
    }

    #[test]
    fn an_ingress_without_dns_is_reached_by_its_address_under_the_host_name() {
        let mut host = host();
        host.ingress_port = 8443;
        let exposure = ingress_exposure();
        let endpoint = "https://ci.clusters.example.com:8443";
        let straight = way(&exposure, &host, endpoint);
        assert_eq!(
            (straight.server.as_str(), straight.server_name),
            (endpoint, None)
        );
        host.ingress_address = Some("192.0.2.7".into());
        let way = way(&exposure, &host, endpoint);
        assert_eq!(way.server, "https://192.0.2.7:8443");
        assert_eq!(way.server_name.as_deref(), Some("ci.clusters.example.com"));
    }

    #[test]
    fn ingress_hosts_and_port_forwards_need_nothing_from_the_host() {
        let mut host = host();
        host.ingress_port = 8443;
        let at = |exposure| endpoint(&cluster(exposure), &host, None, &[], &[]);
        assert_eq!(
            at(ingress_exposure()).as_deref(),
            Some("https://ci.clusters.example.com:8443")
        );
        assert_eq!(
            at(Exposure::PortForward).as_deref(),
            Some("https://localhost:8443")
        );
    }

    #[test]
    fn only_ready_nodes_count_and_external_addresses_come_first() {
        let node = |name: &str, ready: &str, addresses: Value| {
            serde_json::from_value(json!({
                "metadata": {"name": name},
                "status": {"conditions": [{"type": "Ready", "status": ready}], "addresses": addresses},
            }))
            .unwrap()
        };
        let inner = json!({"type": "InternalIP", "address": "10.0.0.1"});
        let outer = json!({"type": "ExternalIP", "address": "192.0.2.1"});
        let found = addresses(vec![
            node("c", "True", json!([inner.clone(), outer])),
            node(
                "d",
                "True",
                json!([{"type": "ExternalIP", "address": "2001:db8::1"}]),
            ),
            node(
                "e",
                "True",
                json!([{"type": "Hostname", "address": "e.example.com"}]),
            ),
            node(
                "b",
                "False",
                json!([{"type": "InternalIP", "address": "10.0.0.2"}]),
            ),
            node("a", "True", json!([inner])),
        ]);
        assert_eq!(found, ["192.0.2.1", "2001:db8::1", "10.0.0.1"]);
    }

    #[test]
    fn a_new_node_does_not_change_the_certificate_and_the_loss_of_all_does() {
        let mut found = StatefulSet::default();
        found.metadata.annotations =
            Some(labels::map([(labels::ADDRESSES, "192.0.2.1,192.0.2.2")]));
        let nodes = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let with = |list: &[&str]| certificate_addresses(Some(&found), &nodes(list));
        let chosen = nodes(&["192.0.2.1", "192.0.2.2"]);
        assert_eq!(with(&["192.0.2.2", "192.0.2.3"]), chosen);
        assert_eq!(with(&[]), chosen);
        assert_eq!(with(&["192.0.2.9"]), ["192.0.2.9"]);
        assert_eq!(certificate_addresses(None, &chosen), chosen);
    }
}
