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
const NODE_PORTS: std::ops::RangeInclusive<u16> = 30000..=32767;

/// Gives a service the addresses that its type needs, and keeps those it has.
pub fn allocate(
    store: &Store,
    before: Option<&Value>,
    service: &mut Value,
) -> Result<(), FieldError> {
    let (others, _) = store.list(SERVICES, None);
    let own = (
        object::namespace(service).to_owned(),
        object::name(service).to_owned(),
    );
    let others: Vec<_> = others
        .iter()
        .filter(|s| (object::namespace(s), object::name(s)) != (own.0.as_str(), own.1.as_str()))
        .collect();
    let kind = service
        .pointer("/spec/type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if kind == "ExternalName" {
        let spec = object::field_mut(service, "spec");
        for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            spec.remove(field);
        }
        return Ok(());
    }
    let taken: HashSet<&str> = others
        .iter()
        .filter_map(|s| s.pointer("/spec/clusterIP").and_then(Value::as_str))
        .collect();
    cluster_ip(before, service, &taken)?;
    let node_ports: HashSet<u64> = others
        .iter()
        .flat_map(|s| object::items(s.pointer("/spec/ports")))
        .filter_map(|p| p.get("nodePort").and_then(Value::as_u64))
        .collect();
    let wanted = kind == "NodePort"
        || kind == "LoadBalancer"
            && service.pointer("/spec/allocateLoadBalancerNodePorts") != Some(&json!(false));
    ports(before, service, wanted, node_ports)
}

fn cluster_ip(
    before: Option<&Value>,
    service: &mut Value,
    taken: &HashSet<&str>,
) -> Result<(), FieldError> {
    let asked = service
        .pointer("/spec/clusterIP")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let kept = before
        .and_then(|b| b.pointer("/spec/clusterIP"))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let address = match (asked.as_str(), kept.as_str()) {
        ("", "") => free_address(taken),
        ("", kept) => kept.to_owned(),
        ("None", _) => asked,
        (asked, kept) if asked == kept => kept.to_owned(),
        (asked, _) => {
            let inside = asked
                .parse::<Ipv4Addr>()
                .is_ok_and(|a| a.octets()[..2] == NETWORK);
            if !inside || taken.contains(asked) {
                let rule = if inside {
                    "failed to allocate IP ADDRESS: provided IP is already allocated"
                } else {
                    "failed to allocate IP ADDRESS: the provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/16"
                };
                return Err(FieldError::invalid(
                    "spec.clusterIPs",
                    &json!([asked]),
                    rule.replace("ADDRESS", asked),
                ));
            }
            asked.to_owned()
        }
    };
    let spec = object::field_mut(service, "spec");
    spec.insert("clusterIPs".into(), json!([address]));
    spec.insert("clusterIP".into(), address.into());
    spec.entry("ipFamilies").or_insert_with(|| json!(["IPv4"]));
    spec.entry("ipFamilyPolicy")
        .or_insert_with(|| "SingleStack".into());
    Ok(())
}

fn free_address(taken: &HashSet<&str>) -> String {
    let mut random = rand::rng();
    loop {
        let address = Ipv4Addr::new(
            NETWORK[0],
            NETWORK[1],
            random.random_range(0..=255),
            random.random_range(2..=254),
        )
        .to_string();
        if !taken.contains(address.as_str()) {
            return address;
        }
    }
}

fn ports(
    before: Option<&Value>,
    service: &mut Value,
    wanted: bool,
    mut taken: HashSet<u64>,
) -> Result<(), FieldError> {
    let kept = |port: &Value| {
        object::items(before.and_then(|b| b.pointer("/spec/ports")))
            .iter()
            .find(|p| {
                p.get("port") == port.get("port") && p.get("protocol") == port.get("protocol")
            })
            .and_then(|p| p.get("nodePort"))
            .and_then(Value::as_u64)
    };
    let had: HashSet<u64> = object::items(before.and_then(|b| b.pointer("/spec/ports")))
        .iter()
        .filter_map(|p| p.get("nodePort").and_then(Value::as_u64))
        .collect();
    let Some(Value::Array(ports)) = service.pointer_mut("/spec/ports") else {
        return Ok(());
    };
    for (i, port) in ports.iter_mut().enumerate() {
        let asked = port.get("nodePort").and_then(Value::as_u64);
        let number = match asked.filter(|n| *n != 0) {
            Some(number) if had.contains(&number) => number,
            Some(number) => {
                let in_range = u16::try_from(number).is_ok_and(|n| NODE_PORTS.contains(&n));
                if !in_range || taken.contains(&number) {
                    let rule = if in_range {
                        "provided port is already allocated"
                    } else {
                        "provided port is not in the valid range. The range of valid ports is 30000-32767"
                    };
                    return Err(FieldError::invalid(
                        format!("spec.ports[{i}].nodePort"),
                        &number.into(),
                        rule,
                    ));
                }
                number
            }
            None if !wanted => continue,
            None => match kept(port) {
                Some(number) => number,
                None => free_port(&taken).ok_or_else(|| {
                    FieldError::invalid(
                        format!("spec.ports[{i}].nodePort"),
                        &json!(0),
                        "no free node port is left",
                    )
                })?,
            },
        };
        taken.insert(number);
        if let Value::Object(port) = port {
            port.insert("nodePort".into(), number.into());
        }
    }
    Ok(())
}

fn free_port(taken: &HashSet<u64>) -> Option<u64> {
    let free: Vec<u64> = NODE_PORTS
        .map(u64::from)
        .filter(|port| !taken.contains(port))
        .collect();
    let at = rand::rng().random_range(0..free.len().max(1));
    free.get(at).copied()
}
