//! What stands in the cells of tables.

use jiff::Timestamp;
use serde_json::Value;

use crate::kubernetes::object;
use crate::kubernetes::selectors::LabelSelector;

const NONE: &str = "<none>";
const UNKNOWN: &str = "<unknown>";

fn get<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn int(object: &Value, pointer: &str) -> i64 {
    object.pointer(pointer).and_then(Value::as_i64).unwrap_or(0)
}

fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object::items(object.pointer(pointer))
}

fn joined(parts: Vec<String>, otherwise: &str) -> Value {
    if parts.is_empty() {
        otherwise.into()
    } else {
        parts.join(",").into()
    }
}

pub(super) fn text(object: &Value, pointer: &str) -> Value {
    get(object, pointer).into()
}

pub(super) fn or_none(object: &Value, pointer: &str) -> Value {
    or(get(object, pointer), NONE)
}

pub(super) fn or_unset(object: &Value, pointer: &str) -> Value {
    or(get(object, pointer), "<unset>")
}

fn or(text: &str, otherwise: &str) -> Value {
    if text.is_empty() { otherwise } else { text }.into()
}

pub(super) fn number(object: &Value, pointer: &str) -> Value {
    int(object, pointer).into()
}

/// How many entries a map or list has.
pub(super) fn count(object: &Value, pointer: &str) -> Value {
    match object.pointer(pointer) {
        Some(Value::Object(fields)) => fields.len(),
        Some(Value::Array(items)) => items.len(),
        _ => 0,
    }
    .into()
}

pub(super) fn name(object: &Value) -> Value {
    object::name(object).into()
}

pub(super) fn created(object: &Value) -> Value {
    object::metadata(object, "creationTimestamp").into()
}

pub(super) fn age(object: &Value) -> Value {
    since(object::metadata(object, "creationTimestamp"))
}

fn since(moment: &str) -> Value {
    match object::parse_time(moment) {
        None => UNKNOWN.into(),
        Some(time) => {
            let seconds = Timestamp::now().as_second() - time.as_second();
            span(seconds.max(0)).into()
        }
    }
}

/// A span of time in one or two units, coarser the longer it is.
fn span(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |big: i64, unit: &str, small: i64, small_unit: &str| {
        if small == 0 {
            format!("{big}{unit}")
        } else {
            format!("{big}{unit}{small}{small_unit}")
        }
    };
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 => two(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two(days, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => two(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

pub(super) fn phase(object: &Value) -> Value {
    if object::kind(object) != "Namespace" && object::is_terminating(object) {
        return "Terminating".into();
    }
    text(object, "/status/phase")
}

pub(super) fn pod_ready(pod: &Value) -> Value {
    let ready = list(pod, "/status/containerStatuses")
        .iter()
        .filter(|c| {
            c.get("ready") == Some(&Value::Bool(true)) && c.pointer("/state/running").is_some()
        })
        .count();
    format!("{ready}/{}", list(pod, "/spec/containers").len()).into()
}

pub(super) fn pod_status(pod: &Value) -> Value {
    if object::is_terminating(pod) {
        return "Terminating".into();
    }
    let statuses = list(pod, "/status/initContainerStatuses");
    let total = list(pod, "/spec/initContainers").len();
    for (i, status) in statuses.iter().enumerate() {
        if status
            .pointer("/state/terminated/exitCode")
            .is_some_and(|code| *code == 0)
        {
            continue;
        }
        let waiting = get(status, "/state/waiting/reason");
        let ended = get(status, "/state/terminated/reason");
        return match (waiting, ended) {
            ("", "") | ("PodInitializing", _) => format!("Init:{i}/{total}"),
            ("", ended) => format!("Init:{ended}"),
            (waiting, _) => format!("Init:{waiting}"),
        }
        .into();
    }
    let mut shown = match get(pod, "/status/reason") {
        "" => get(pod, "/status/phase"),
        reason => reason,
    };
    for status in list(pod, "/status/containerStatuses").iter().rev() {
        for pointer in ["/state/waiting/reason", "/state/terminated/reason"] {
            let reason = get(status, pointer);
            if !reason.is_empty() {
                shown = reason;
            }
        }
    }
    shown.into()
}

pub(super) fn pod_restarts(pod: &Value) -> Value {
    let restarts: i64 = list(pod, "/status/containerStatuses")
        .iter()
        .map(|c| int(c, "/restartCount"))
        .sum();
    restarts.to_string().into()
}

pub(super) fn pod_ip(pod: &Value) -> Value {
    or_none(pod, "/status/podIP")
}

pub(super) fn pod_node(pod: &Value) -> Value {
    or_none(pod, "/spec/nodeName")
}

pub(super) fn pod_nominated_node(pod: &Value) -> Value {
    or_none(pod, "/status/nominatedNodeName")
}

pub(super) fn pod_gates(pod: &Value) -> Value {
    let gates = list(pod, "/spec/readinessGates");
    if gates.is_empty() {
        return NONE.into();
    }
    let met = gates
        .iter()
        .filter(|gate| condition(pod, get(gate, "/conditionType")) == "True")
        .count();
    format!("{met}/{}", gates.len()).into()
}

fn condition<'a>(object: &'a Value, kind: &str) -> &'a str {
    list(object, "/status/conditions")
        .iter()
        .find(|c| get(c, "/type") == kind)
        .map_or("", |c| get(c, "/status"))
}

pub(super) fn node_status(node: &Value) -> Value {
    let ready = match condition(node, "Ready") {
        "True" => "Ready",
        "" => "Unknown",
        _ => "NotReady",
    };
    if node.pointer("/spec/unschedulable") == Some(&Value::Bool(true)) {
        format!("{ready},SchedulingDisabled").into()
    } else {
        ready.into()
    }
}

pub(super) fn node_roles(node: &Value) -> Value {
    let roles = object::labels(node)
        .into_iter()
        .flatten()
        .filter_map(
            |(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
                Some(role) if !role.is_empty() => Some(role.to_owned()),
                _ if key == "kubernetes.io/role" => value.as_str().map(str::to_owned),
                _ => None,
            },
        )
        .collect();
    joined(roles, NONE)
}

pub(super) fn node_version(node: &Value) -> Value {
    text(node, "/status/nodeInfo/kubeletVersion")
}

fn node_address(node: &Value, kind: &str) -> Value {
    let address = list(node, "/status/addresses")
        .iter()
        .find(|a| get(a, "/type") == kind)
        .map_or("", |a| get(a, "/address"));
    or(address, NONE)
}

pub(super) fn node_internal_ip(node: &Value) -> Value {
    node_address(node, "InternalIP")
}

pub(super) fn node_external_ip(node: &Value) -> Value {
    node_address(node, "ExternalIP")
}

pub(super) fn node_os(node: &Value) -> Value {
    or(get(node, "/status/nodeInfo/osImage"), UNKNOWN)
}

pub(super) fn node_kernel(node: &Value) -> Value {
    or(get(node, "/status/nodeInfo/kernelVersion"), UNKNOWN)
}

pub(super) fn node_runtime(node: &Value) -> Value {
    or(
        get(node, "/status/nodeInfo/containerRuntimeVersion"),
        UNKNOWN,
    )
}

pub(super) fn service_type(service: &Value) -> Value {
    text(service, "/spec/type")
}

pub(super) fn service_cluster_ip(service: &Value) -> Value {
    or_none(service, "/spec/clusterIP")
}

pub(super) fn service_external_ip(service: &Value) -> Value {
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

pub(super) fn load_balancer_address(object: &Value) -> Value {
    joined(balancer_addresses(object), "")
}

pub(super) fn service_ports(service: &Value) -> Value {
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

fn pairs(map: Option<&Value>) -> Value {
    let pairs = map
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    joined(pairs, NONE)
}

pub(super) fn service_selector(service: &Value) -> Value {
    pairs(service.pointer("/spec/selector"))
}

pub(super) fn node_selector(set: &Value) -> Value {
    pairs(set.pointer("/spec/template/spec/nodeSelector"))
}

pub(super) fn endpoints(endpoints: &Value) -> Value {
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

pub(super) fn slice_ports(slice: &Value) -> Value {
    let ports = list(slice, "/ports")
        .iter()
        .map(|p| int(p, "/port").to_string())
        .collect();
    joined(ports, "<unset>")
}

pub(super) fn slice_endpoints(slice: &Value) -> Value {
    let addresses = list(slice, "/endpoints")
        .iter()
        .flat_map(|e| object::strings(e.get("addresses")))
        .map(str::to_owned)
        .collect();
    joined(addresses, "<unset>")
}

pub(super) fn data_count(map: &Value) -> Value {
    let entries = |pointer: &str| {
        map.pointer(pointer)
            .and_then(Value::as_object)
            .map_or(0, serde_json::Map::len)
    };
    (entries("/data") + entries("/binaryData"))
        .to_string()
        .into()
}

pub(super) fn access_modes(volume: &Value) -> Value {
    let modes = object::strings(volume.pointer("/spec/accessModes"))
        .into_iter()
        .map(|mode| {
            match mode {
                "ReadWriteOnce" => "RWO",
                "ReadOnlyMany" => "ROX",
                "ReadWriteMany" => "RWX",
                "ReadWriteOncePod" => "RWOP",
                other => other,
            }
            .to_owned()
        })
        .collect();
    joined(modes, "")
}

pub(super) fn volume_claim(volume: &Value) -> Value {
    match get(volume, "/spec/claimRef/name") {
        "" => "".into(),
        name => format!("{}/{name}", get(volume, "/spec/claimRef/namespace")).into(),
    }
}

pub(super) fn quota(quota: &Value, limits: bool) -> Value {
    let hard = quota.pointer("/status/hard").and_then(Value::as_object);
    let parts: Vec<String> = hard
        .into_iter()
        .flatten()
        .filter(|(name, _)| name.starts_with("limits.") == limits)
        .map(|(name, hard)| {
            let used = quota.pointer("/status/used").and_then(|u| u.get(name));
            let shown = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or("0").to_owned();
            format!("{name}: {}/{}", shown(used), shown(Some(hard)))
        })
        .collect();
    parts.join(", ").into()
}

pub(super) fn event_last_seen(event: &Value) -> Value {
    let moments = [
        "/series/lastObservedTime",
        "/lastTimestamp",
        "/eventTime",
        "/firstTimestamp",
    ];
    since(
        moments
            .iter()
            .map(|m| get(event, m))
            .find(|m| !m.is_empty())
            .unwrap_or_default(),
    )
}

pub(super) fn event_first_seen(event: &Value) -> Value {
    let moments = ["/firstTimestamp", "/eventTime"];
    since(
        moments
            .iter()
            .map(|m| get(event, m))
            .find(|m| !m.is_empty())
            .unwrap_or_default(),
    )
}

pub(super) fn event_object(event: &Value) -> Value {
    let kind = get(event, "/involvedObject/kind").to_lowercase();
    format!("{kind}/{}", get(event, "/involvedObject/name")).into()
}

pub(super) fn event_source(event: &Value) -> Value {
    let (component, host) = (get(event, "/source/component"), get(event, "/source/host"));
    match (component, host) {
        ("", _) => text(event, "/reportingComponent"),
        (component, "") => component.into(),
        (component, host) => format!("{component}, {host}").into(),
    }
}

pub(super) fn event_message(event: &Value) -> Value {
    get(event, "/message").trim().into()
}

pub(super) fn event_count(event: &Value) -> Value {
    let series = int(event, "/series/count");
    let count = if series > 0 {
        series
    } else {
        int(event, "/count")
    };
    count.max(1).into()
}

pub(super) fn ready_of_wanted(workload: &Value) -> Value {
    let (ready, wanted) = (
        int(workload, "/status/readyReplicas"),
        int(workload, "/spec/replicas"),
    );
    format!("{ready}/{wanted}").into()
}

fn containers(workload: &Value, field: &str) -> Value {
    let names = list(workload, "/spec/template/spec/containers")
        .iter()
        .map(|c| get(c, field).to_owned())
        .collect();
    joined(names, "")
}

pub(super) fn container_names(workload: &Value) -> Value {
    containers(workload, "/name")
}

pub(super) fn container_images(workload: &Value) -> Value {
    containers(workload, "/image")
}

pub(super) fn selector(workload: &Value) -> Value {
    selector_at(workload, "/spec/selector")
}

pub(super) fn policy_selector(policy: &Value) -> Value {
    selector_at(policy, "/spec/podSelector")
}

fn selector_at(object: &Value, pointer: &str) -> Value {
    let text = object
        .pointer(pointer)
        .and_then(|s| LabelSelector::from_object(s).ok())
        .map(|s| s.to_text())
        .unwrap_or_default();
    or(&text, NONE)
}

pub(super) fn ingress_hosts(ingress: &Value) -> Value {
    let hosts = list(ingress, "/spec/rules")
        .iter()
        .map(|rule| get(rule, "/host").to_owned())
        .filter(|host| !host.is_empty())
        .collect();
    joined(hosts, "*")
}

pub(super) fn ingress_ports(ingress: &Value) -> Value {
    if list(ingress, "/spec/tls").is_empty() {
        "80"
    } else {
        "80, 443"
    }
    .into()
}

pub(super) fn binding_role(binding: &Value) -> Value {
    format!(
        "{}/{}",
        get(binding, "/roleRef/kind"),
        get(binding, "/roleRef/name")
    )
    .into()
}

pub(super) fn subjects(binding: &Value, kind: &str) -> Value {
    let names: Vec<String> = list(binding, "/subjects")
        .iter()
        .filter(|s| get(s, "/kind") == kind)
        .map(|s| match get(s, "/namespace") {
            "" => get(s, "/name").to_owned(),
            namespace => format!("{namespace}/{}", get(s, "/name")),
        })
        .collect();
    names.join(", ").into()
}

pub(super) fn storage_class_name(class: &Value) -> Value {
    let default =
        object::annotation(class, "storageclass.kubernetes.io/is-default-class") == Some("true");
    let suffix = if default { " (default)" } else { "" };
    format!("{}{suffix}", object::name(class)).into()
}

pub(super) fn expansion(class: &Value) -> Value {
    (class.get("allowVolumeExpansion") == Some(&Value::Bool(true))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_get_coarser_the_longer_they_are() {
        for (seconds, shown) in [
            (0, "0s"),
            (119, "119s"),
            (249, "4m9s"),
            (300, "5m"),
            (3600, "60m"),
            (4 * 3600 + 60, "4h1m"),
            (86_400, "24h"),
            (3 * 86_400 + 3600, "3d1h"),
            (30 * 86_400, "30d"),
            (800 * 86_400, "2y70d"),
        ] {
            assert_eq!(span(seconds), shown);
        }
    }
}
