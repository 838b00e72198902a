//! Cells of services and what leads to them.

use serde_json::Value;

use super::{NONE, get, int, joined, list, or_none, pairs, text};
use crate::kubernetes::object;

pub fn service_type(service: &Value) -> Value {
    text(service, "/spec/type")
}

pub fn service_cluster_ip(service: &Value) -> Value {
    or_none(service, "/spec/clusterIP")
}

pub fn service_external_ip(service: &Value) -> Value {
    let outside: Vec<String> = object::strings(service.pointer("/spec/externalIPs"))
        .into_iter()
        .map(str::to_owned)
        .collect();
    match get(service, "/spec/type") {
        "ExternalName" => text(service, "/spec/externalName"),
        "LoadBalancer" => {
            let mut addresses = balancer_addresses(service);
            addresses.extend(outside);
            joined(addresses, "<pending>")
        }
        _ => joined(outside, NONE),
    }
}

fn balancer_addresses(object: &Value) -> Vec<String> {
    list(object, "/status/loadBalancer/ingress")
        .iter()
        .map(|i| match get(i, "/ip") {
            "" => get(i, "/hostname"),
            ip => ip,
        })
        .map(str::to_owned)
        .collect()
}

pub fn load_balancer_address(object: &Value) -> Value {
    joined(balancer_addresses(object), "")
}

pub fn service_ports(service: &Value) -> Value {
    let ports = list(service, "/spec/ports")
        .iter()
        .map(|port| {
            let (number, node, protocol) = (
                int(port, "/port"),
                int(port, "/nodePort"),
                get(port, "/protocol"),
            );
            if node == 0 {
                format!("{number}/{protocol}")
            } else {
                format!("{number}:{node}/{protocol}")
            }
        })
        .collect();
    joined(ports, NONE)
}

pub fn service_selector(service: &Value) -> Value {
    pairs(service.pointer("/spec/selector"))
}

pub fn endpoints(endpoints: &Value) -> Value {
    let mut shown = Vec::new();
    for subset in list(endpoints, "/subsets") {
        for address in list(subset, "/addresses") {
            for port in list(subset, "/ports") {
                shown.push(format!("{}:{}", get(address, "/ip"), int(port, "/port")));
            }
        }
    }
    joined(shown, NONE)
}

pub fn slice_ports(slice: &Value) -> Value {
    let ports = list(slice, "/ports")
        .iter()
        .map(|p| int(p, "/port").to_string())
        .collect();
    joined(ports, "<unset>")
}

pub fn slice_endpoints(slice: &Value) -> Value {
    let addresses = list(slice, "/endpoints")
        .iter()
        .flat_map(|e| object::strings(e.get("addresses")))
        .map(str::to_owned)
        .collect();
    joined(addresses, "<unset>")
}

pub fn ingress_hosts(ingress: &Value) -> Value {
    let hosts = list(ingress, "/spec/rules")
        .iter()
        .map(|rule| get(rule, "/host").to_owned())
        .filter(|host| !host.is_empty())
        .collect();
    joined(hosts, "*")
}

pub fn ingress_ports(ingress: &Value) -> Value {
    if list(ingress, "/spec/tls").is_empty() {
        "80"
    } else {
        "80, 443"
    }
    .into()
}
