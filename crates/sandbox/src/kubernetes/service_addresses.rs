//! Cluster IPs and node ports of services.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use rand::RngExt as _;
use serde_json::{Value, json};

use super::object;
use super::resources::SERVICES;
use super::status::FieldError;
use super::store::Store;

/// 10.96.0.0/16, of which the first address belongs to the API server itself.
const NETWORK: [u8; 2] = [10, 96];
const NODE_PORTS: std::ops::Range<u64> = 30_000..32_768;

/// Gives a service the addresses that its type needs. It keeps those that it has.
pub fn allocate(
    store: &Store,
    before: Option<&Value>,
    service: &mut Value,
) -> Result<(), FieldError> {
    let own = (object::namespace(service), object::name(service));
    let mut others = store.list(SERVICES, None).0;
    others.retain(|other| (object::namespace(other), object::name(other)) != own);
    let kind = service
        .pointer("/spec/type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if kind == "ExternalName" {
        return Ok(());
    }
    let cluster_ip = |service: &Value| {
        let address = service.pointer("/spec/clusterIP")?.as_str()?;
        (!address.is_empty()).then(|| address.to_owned())
    };
    let address = cluster_ip(service).or_else(|| cluster_ip(before?));
    let address = address.unwrap_or_else(|| {
        let taken: HashSet<_> = others.iter().filter_map(|o| cluster_ip(o)).collect();
        free_address(&taken)
    });
    let spec = object::field_mut(service, "spec");
    spec.insert("clusterIPs".into(), json!([address]));
    spec.insert("clusterIP".into(), address.into());
    spec.entry("ipFamilies").or_insert_with(|| json!(["IPv4"]));
    spec.entry("ipFamilyPolicy")
        .or_insert_with(|| "SingleStack".into());

    let taken = others
        .iter()
        .flat_map(|other| object::items(other.pointer("/spec/ports")))
        .filter_map(|port| port.get("nodePort")?.as_u64());
    let needs_node_ports = kind == "NodePort"
        || kind == "LoadBalancer"
            && service.pointer("/spec/allocateLoadBalancerNodePorts") != Some(&json!(false));
    allocate_ports(before, service, needs_node_ports, taken.collect())
}

fn free_address(taken: &HashSet<String>) -> String {
    let [a, b] = NETWORK;
    loop {
        let [c, d] = rand::random();
        let address = Ipv4Addr::new(a, b, c, 2 + d % 253).to_string();
        if !taken.contains(&address) {
            return address;
        }
    }
}

fn allocate_ports(
    before: Option<&Value>,
    service: &mut Value,
    needed: bool,
    mut taken: HashSet<u64>,
) -> Result<(), FieldError> {
    let had = object::items(before.and_then(|b| b.pointer("/spec/ports")));
    let same = |a: &Value, b: &Value| ["port", "protocol"].iter().all(|f| a.get(f) == b.get(f));
    let Some(Value::Array(ports)) = service.pointer_mut("/spec/ports") else {
        return Ok(());
    };
    for (i, port) in ports.iter_mut().enumerate() {
        let node_port = |port: &Value| port.get("nodePort")?.as_u64().filter(|n| *n != 0);
        let kept = had.iter().find(|before| same(before, port));
        let number = match node_port(port) {
            Some(number) => number,
            None if !needed => continue,
            None => kept
                .and_then(node_port)
                .unwrap_or_else(|| free_port(&taken)),
        };
        if !NODE_PORTS.contains(&number) || !taken.insert(number) {
            return Err(FieldError::invalid(
                format!("spec.ports[{i}].nodePort"),
                &number.into(),
                "provided port is already allocated or not in the range 30000-32767",
            ));
        }
        port["nodePort"] = number.into();
    }
    Ok(())
}

fn free_port(taken: &HashSet<u64>) -> u64 {
    loop {
        let port = rand::rng().random_range(NODE_PORTS);
        if !taken.contains(&port) {
            return port;
        }
    }
}
