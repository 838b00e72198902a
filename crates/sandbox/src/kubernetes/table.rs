//! Objects as rows for people, as `kubectl get` shows them: with columns for what people list, else name and age.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::object;
use super::resources::Resource;

const NONE: &str = "<none>";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Included {
    Nothing,
    #[default]
    Metadata,
    Object,
}

type Cell = fn(&Value) -> Value;
/// Title, whether it is only shown when asked for, and what is in it.
type Column = (&'static str, bool, Cell);

const NAME: Column = ("Name", false, |o| object::name(o).into());
const AGE: Column = ("Age", false, |o| {
    since(object::metadata(o, "creationTimestamp"))
});
const READY: Column = ("Ready", false, |o| {
    let wanted = int(o, "/spec/replicas");
    format!("{}/{wanted}", int(o, "/status/readyReplicas")).into()
});
const CONTAINERS: Column = ("Containers", true, |o| of_containers(o, "/name"));
const IMAGES: Column = ("Images", true, |o| of_containers(o, "/image"));

static DEFAULT: &[Column] = &[NAME, AGE];
static NAMESPACES: &[Column] = &[NAME, ("Status", false, |o| text(o, "/status/phase")), AGE];
static PODS: &[Column] = &[
    NAME,
    ("Ready", false, pod_ready),
    ("Status", false, pod_status),
    ("Restarts", false, |pod| {
        let statuses = list(pod, "/status/containerStatuses").iter();
        let restarts: i64 = statuses.map(|c| int(c, "/restartCount")).sum();
        restarts.to_string().into()
    }),
    AGE,
    ("IP", true, |o| or_none(o, "/status/podIP")),
    ("Node", true, |o| or_none(o, "/spec/nodeName")),
    ("Nominated Node", true, |o| {
        or_none(o, "/status/nominatedNodeName")
    }),
    ("Readiness Gates", true, |_| NONE.into()),
];
static NODES: &[Column] = &[
    NAME,
    ("Status", false, node_status),
    ("Roles", false, node_roles),
    AGE,
    ("Version", false, |o| {
        text(o, "/status/nodeInfo/kubeletVersion")
    }),
    ("Internal-IP", true, |o| node_address(o, "InternalIP")),
    ("External-IP", true, |o| node_address(o, "ExternalIP")),
    ("OS-Image", true, |o| {
        or_unknown(o, "/status/nodeInfo/osImage")
    }),
    ("Kernel-Version", true, |o| {
        or_unknown(o, "/status/nodeInfo/kernelVersion")
    }),
    ("Container-Runtime", true, |o| {
        or_unknown(o, "/status/nodeInfo/containerRuntimeVersion")
    }),
];
static SERVICES: &[Column] = &[
    NAME,
    ("Type", false, |o| text(o, "/spec/type")),
    ("Cluster-IP", false, |o| or_none(o, "/spec/clusterIP")),
    ("External-IP", false, service_address),
    ("Port(s)", false, service_ports),
    AGE,
];
static STATEFUL_SETS: &[Column] = &[NAME, READY, AGE, CONTAINERS, IMAGES];
static DEPLOYMENTS: &[Column] = &[
    NAME,
    READY,
    ("Up-to-date", false, |o| {
        int(o, "/status/updatedReplicas").into()
    }),
    ("Available", false, |o| {
        int(o, "/status/availableReplicas").into()
    }),
    AGE,
    CONTAINERS,
    IMAGES,
];

fn columns_of(resource: &Resource) -> &'static [Column] {
    match (resource.group, resource.plural) {
        ("", "pods") => PODS,
        ("", "namespaces") => NAMESPACES,
        ("", "nodes") => NODES,
        ("", "services") => SERVICES,
        ("apps", "statefulsets") => STATEFUL_SETS,
        ("apps", "deployments") => DEPLOYMENTS,
        _ => DEFAULT,
    }
}

pub fn of_objects(
    resource: &Resource,
    objects: &[&Value],
    metadata: &Value,
    included: Included,
) -> Value {
    let columns = columns_of(resource);
    let definitions: Vec<Value> = columns
        .iter()
        .map(|(name, wide, _)| {
            json!({
                "name": name,
                "type": "string",
                "format": if *name == "Name" { "name" } else { "" },
                "description": name,
                "priority": i32::from(*wide),
            })
        })
        .collect();
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let cells: Vec<Value> = columns.iter().map(|(_, _, cell)| cell(object)).collect();
            let mut row = json!({"cells": cells});
            match included {
                Included::Nothing => {}
                Included::Metadata => {
                    row["object"] = json!({
                        "kind": "PartialObjectMetadata",
                        "apiVersion": "meta.k8s.io/v1",
                        "metadata": object.get("metadata").cloned().unwrap_or_else(|| json!({})),
                    });
                }
                Included::Object => row["object"] = Value::clone(object),
            }
            row
        })
        .collect();
    let metadata = match (metadata, objects) {
        (Value::Null, [object]) => {
            json!({"resourceVersion": object::metadata(object, "resourceVersion")})
        }
        (Value::Null, _) => json!({}),
        (given, _) => given.clone(),
    };
    json!({
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": definitions,
        "rows": rows,
    })
}

fn get<'a>(object: &'a Value, pointer: &str) -> &'a str {
    let value = object.pointer(pointer);
    value.and_then(Value::as_str).unwrap_or_default()
}

fn int(object: &Value, pointer: &str) -> i64 {
    object.pointer(pointer).and_then(Value::as_i64).unwrap_or(0)
}

fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object::items(object.pointer(pointer))
}

fn text(object: &Value, pointer: &str) -> Value {
    get(object, pointer).into()
}

fn or(text: &str, otherwise: &str) -> Value {
    if text.is_empty() { otherwise } else { text }.into()
}

fn or_none(object: &Value, pointer: &str) -> Value {
    or(get(object, pointer), NONE)
}

fn or_unknown(object: &Value, pointer: &str) -> Value {
    or(get(object, pointer), "<unknown>")
}

fn of_containers(workload: &Value, field: &str) -> Value {
    let containers = list(workload, "/spec/template/spec/containers").iter();
    containers
        .map(|c| get(c, field))
        .collect::<Vec<_>>()
        .join(",")
        .into()
}

/// The time since a moment in one or two units, coarser the longer it is.
fn since(moment: &str) -> Value {
    let Some(time) = object::parse_time(moment) else {
        return "<unknown>".into();
    };
    let seconds = (Timestamp::now().as_second() - time.as_second()).max(0);
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 if seconds % 60 != 0 => format!("{minutes}m{}s", seconds % 60),
        120..10_800 => format!("{minutes}m"),
        10_800..172_800 => format!("{hours}h"),
        _ => format!("{}d", hours / 24),
    }
    .into()
}

fn pod_ready(pod: &Value) -> Value {
    let statuses = list(pod, "/status/containerStatuses").iter();
    let ready = statuses.filter(|c| c.get("ready") == Some(&Value::Bool(true)));
    format!("{}/{}", ready.count(), list(pod, "/spec/containers").len()).into()
}

fn pod_status(pod: &Value) -> Value {
    if object::is_terminating(pod) {
        return "Terminating".into();
    }
    let reasons = list(pod, "/status/containerStatuses")
        .iter()
        .flat_map(|c| ["/state/waiting/reason", "/state/terminated/reason"].map(|at| get(c, at)));
    let reason = reasons.into_iter().find(|reason| !reason.is_empty());
    or(reason.unwrap_or_default(), get(pod, "/status/phase"))
}

fn node_status(node: &Value) -> Value {
    let mut conditions = list(node, "/status/conditions").iter();
    let ready = conditions.find(|c| get(c, "/type") == "Ready");
    let ready = match ready.map_or("", |c| get(c, "/status")) {
        "True" => "Ready",
        "" => "Unknown",
        _ => "NotReady",
    };
    if node.pointer("/spec/unschedulable") == Some(&Value::Bool(true)) {
        return format!("{ready},SchedulingDisabled").into();
    }
    ready.into()
}

fn node_roles(node: &Value) -> Value {
    let labels = object::labels(node).into_iter().flatten();
    let roles: Vec<_> = labels
        .filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/"))
        .collect();
    or(&roles.join(","), NONE)
}

fn node_address(node: &Value, kind: &str) -> Value {
    let mut addresses = list(node, "/status/addresses").iter();
    let address = addresses.find(|a| get(a, "/type") == kind);
    or(address.map_or("", |a| get(a, "/address")), NONE)
}

fn service_address(service: &Value) -> Value {
    let addresses: Vec<_> = list(service, "/status/loadBalancer/ingress")
        .iter()
        .map(|ingress| match get(ingress, "/ip") {
            "" => get(ingress, "/hostname"),
            ip => ip,
        })
        .collect();
    let balanced = get(service, "/spec/type") == "LoadBalancer";
    or(
        &addresses.join(","),
        if balanced { "<pending>" } else { NONE },
    )
}

fn service_ports(service: &Value) -> Value {
    let ports: Vec<_> = list(service, "/spec/ports")
        .iter()
        .map(|port| {
            let (number, protocol) = (int(port, "/port"), get(port, "/protocol"));
            match int(port, "/nodePort") {
                0 => format!("{number}/{protocol}"),
                node => format!("{number}:{node}/{protocol}"),
            }
        })
        .collect();
    or(&ports.join(","), NONE)
}
