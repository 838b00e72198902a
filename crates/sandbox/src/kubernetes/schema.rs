//! The fields of every kind, from k8s-openapi's types, and what those do not say: what the API writes even when nothing is
//! set, and how lists merge.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::quantity::Quantity;
use k8s_openapi::api::apps::v1 as apps;
use k8s_openapi::api::authentication::v1 as authentication;
use k8s_openapi::api::authorization::v1 as authorization;
use k8s_openapi::api::autoscaling::v1 as autoscaling;
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::api::networking::v1 as networking;
use k8s_openapi::api::rbac::v1 as rbac;

/// The type of the objects of a kind.
pub struct Type {
    group: &'static str,
    kind: &'static str,
    /// What is written when nothing is set, without metadata.
    zero: &'static str,
    decode: fn(Value) -> Result<Value, serde_json::Error>,
}

fn typed<T: DeserializeOwned + Serialize>(value: Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<T>(value)?)
}

macro_rules! types {
    ($($group:literal $module:ident::$kind:ident $zero:literal)*) => {
        static TYPES: &[Type] = &[$(Type {
            group: $group,
            kind: stringify!($kind),
            zero: $zero,
            decode: typed::<$module::$kind>,
        }),*];
    };
}

types! {
    "" core::ConfigMap "{}"
    "" core::Event r#"{"involvedObject": {}, "source": {}, "firstTimestamp": null, "lastTimestamp": null, "eventTime": null, "reportingComponent": "", "reportingInstance": ""}"#
    "" core::LimitRange r#"{"spec": {"limits": null}}"#
    "" core::Namespace r#"{"spec": {}, "status": {}}"#
    "" core::Node r#"{"spec": {}, "status": {"daemonEndpoints": {"kubeletEndpoint": {"Port": 0}}, "nodeInfo": {"machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "", "osImage": "", "containerRuntimeVersion": "", "kubeletVersion": "", "kubeProxyVersion": "", "operatingSystem": "", "architecture": ""}}}"#
    "" core::PersistentVolumeClaim r#"{"spec": {"resources": {}}, "status": {}}"#
    "" core::PersistentVolume r#"{"spec": {}, "status": {}}"#
    "" core::Pod r#"{"spec": {"containers": null}, "status": {}}"#
    "" core::ResourceQuota r#"{"spec": {}, "status": {}}"#
    "" core::Secret "{}"
    "" core::ServiceAccount "{}"
    "" core::Service r#"{"spec": {}, "status": {"loadBalancer": {}}}"#
    "apps" apps::Deployment r#"{"spec": {"selector": null, "template": {"metadata": {}, "spec": {"containers": null}}, "strategy": {}}, "status": {}}"#
    "apps" apps::StatefulSet r#"{"spec": {"selector": null, "template": {"metadata": {}, "spec": {"containers": null}}, "serviceName": "", "updateStrategy": {}}, "status": {"replicas": 0, "availableReplicas": 0}}"#
    "authentication.k8s.io" authentication::SelfSubjectReview r#"{"status": {"userInfo": {}}}"#
    "authentication.k8s.io" authentication::TokenRequest r#"{"spec": {"audiences": null, "expirationSeconds": null, "boundObjectRef": null}, "status": {"token": "", "expirationTimestamp": null}}"#
    "authorization.k8s.io" authorization::SelfSubjectAccessReview r#"{"spec": {}, "status": {"allowed": false}}"#
    "autoscaling" autoscaling::Scale r#"{"spec": {}, "status": {"replicas": 0}}"#
    "networking.k8s.io" networking::Ingress r#"{"spec": {}, "status": {"loadBalancer": {}}}"#
    "networking.k8s.io" networking::NetworkPolicy r#"{"spec": {"podSelector": {}}}"#
    "rbac.authorization.k8s.io" rbac::ClusterRoleBinding r#"{"roleRef": {"apiGroup": "", "kind": "", "name": ""}}"#
    "rbac.authorization.k8s.io" rbac::ClusterRole r#"{"rules": null}"#
    "rbac.authorization.k8s.io" rbac::RoleBinding r#"{"roleRef": {"apiGroup": "", "kind": "", "name": ""}}"#
    "rbac.authorization.k8s.io" rbac::Role r#"{"rules": null}"#
}

/// The type of the objects of a kind.
pub fn of_kind(group: &str, kind: &str) -> Option<&'static Type> {
    TYPES.iter().find(|t| t.group == group && t.kind == kind)
}

/// What an object of a type looks like when nothing is set.
pub fn zero(of: &'static Type) -> Map<String, Value> {
    let mut zero: Map<String, Value> = serde_json::from_str(of.zero).unwrap_or_default();
    zero.insert("metadata".to_owned(), json!({}));
    zero
}

/// The same by kind; nothing for one without a type.
pub fn zero_of_kind(group: &str, kind: &str) -> Value {
    of_kind(group, kind).map_or_else(|| json!({}), |of| zero(of).into())
}

/// What the API writes in the objects of a field, whether or not it is set.
fn always(kind: &str, field: &str) -> Value {
    match field {
        "containers" | "initContainers" => json!({"resources": {}}),
        "conditions" => match kind {
            "Pod" | "PersistentVolumeClaim" => {
                json!({"lastProbeTime": null, "lastTransitionTime": null})
            }
            _ => json!({"lastTransitionTime": null}),
        },
        "containerStatuses" | "initContainerStatuses" => {
            json!({"state": {}, "lastState": {}, "ready": false, "restartCount": 0, "image": "", "imageID": ""})
        }
        "resourceFieldRef" => json!({"divisor": "0"}),
        "rules" => json!({"verbs": null}),
        "template" => json!({"metadata": {}, "spec": {"containers": null}}),
        "volumeClaimTemplates" => json!({"metadata": {}, "spec": {"resources": {}}, "status": {}}),
        _ => json!({}),
    }
}

/// Fields where nothing is written as `null`.
const NULLS: [&str; 13] = [
    "eventTime",
    "finishedAt",
    "firstTimestamp",
    "lastHeartbeatTime",
    "lastProbeTime",
    "lastTimestamp",
    "lastTransitionTime",
    "lastUpdateTime",
    "limits",
    "rules",
    "selector",
    "startedAt",
    "verbs",
];

/// Maps, which are left out when they are empty.
const MAPS: [&str; 9] = [
    "annotations",
    "binaryData",
    "data",
    "hard",
    "labels",
    "matchLabels",
    "nodeSelector",
    "stringData",
    "used",
];

/// Maps of amounts.
const AMOUNTS: [&str; 10] = [
    "allocatable",
    "capacity",
    "default",
    "defaultRequest",
    "hard",
    "limits",
    "max",
    "min",
    "requests",
    "used",
];

/// An object as the API keeps it, and the paths of the fields that its kind does not have.
#[derive(Debug)]
pub struct Normalised {
    pub object: Value,
    pub unknown: Vec<String>,
}

/// Turns what a client sent into what the API keeps: known fields only, of the right types, zero values written or left
/// out as the API writes them. The error says which value its field cannot hold.
pub fn normalise(object: &Value, of: &'static Type) -> Result<Normalised, String> {
    let mut sent = object.clone();
    write_amounts(&mut sent)?;
    let Value::Object(given) = &mut sent else {
        return Err("json: cannot unmarshal into an object".to_owned());
    };
    let (version, kind) = (given.remove("apiVersion"), given.remove("kind"));
    let typed =
        (of.decode)(Value::Object(given.clone())).map_err(|error| format!("json: {error}"))?;
    let mut walk = Walk {
        kind: of.kind,
        unknown: Vec::new(),
        path: String::new(),
    };
    let nothing = Map::new();
    let mut kept = walk.object("", given, typed.as_object().unwrap_or(&nothing));
    for (name, value) in zero(of) {
        fill(kept.entry(name).or_insert(Value::Null), value);
    }
    for (name, value) in [("kind", kind), ("apiVersion", version)] {
        if let Some(value) = value {
            kept.insert(name.to_owned(), value);
        }
    }
    Ok(Normalised {
        object: kept.into(),
        unknown: walk.unknown,
    })
}

/// Sets what is missing.
fn fill(value: &mut Value, zero: Value) {
    match (value, zero) {
        (value @ Value::Null, zero) => *value = zero,
        (Value::Object(fields), Value::Object(zero)) => {
            for (name, zero) in zero {
                fill(fields.entry(name).or_insert(Value::Null), zero);
            }
        }
        _ => {}
    }
}

fn write_amounts(value: &mut Value) -> Result<(), String> {
    const RULE: &str = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    let canonical = |amount: &mut Value| {
        let text = match &*amount {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Ok(()),
        };
        let quantity: Quantity = text.parse().map_err(|_| RULE.to_owned())?;
        *amount = quantity.to_string().into();
        Ok(())
    };
    match value {
        Value::Object(fields) => fields.iter_mut().try_for_each(|(name, value)| match value {
            Value::Object(amounts) if AMOUNTS.contains(&name.as_str()) => {
                amounts.values_mut().try_for_each(canonical)
            }
            _ if name == "sizeLimit" => canonical(value),
            _ => write_amounts(value),
        }),
        Value::Array(items) => items.iter_mut().try_for_each(write_amounts),
        _ => Ok(()),
    }
}

struct Walk {
    kind: &'static str,
    unknown: Vec<String>,
    path: String,
}

impl Walk {
    fn at<T>(&mut self, element: &str, walk: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(element);
        let result = walk(self);
        self.path.truncate(length);
        result
    }

    fn object(
        &mut self,
        field: &str,
        given: &Map<String, Value>,
        typed: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut kept = Map::new();
        for (name, value) in given {
            let dot = if self.path.is_empty() { "" } else { "." };
            let element = format!("{dot}{name}");
            match typed.get(name) {
                _ if value.is_null() => {
                    if NULLS.contains(&name.as_str()) {
                        kept.insert(name.clone(), Value::Null);
                    }
                }
                None => self.at(&element, |walk| walk.unknown.push(walk.path.clone())),
                Some(typed) => {
                    let value = self.at(&element, |walk| walk.value(name, value, typed));
                    if MAPS.contains(&field) || is_written(name, &value) {
                        kept.insert(name.clone(), value);
                    }
                }
            }
        }
        if let Value::Object(always) = always(self.kind, field) {
            for (name, zero) in always {
                fill(kept.entry(name).or_insert(Value::Null), zero);
            }
        }
        kept
    }

    fn value(&mut self, field: &str, given: &Value, typed: &Value) -> Value {
        match (given, typed) {
            (Value::Object(given), Value::Object(typed)) => self.object(field, given, typed).into(),
            (Value::Array(given), Value::Array(typed)) => given
                .iter()
                .zip(typed)
                .enumerate()
                .map(|(i, (given, typed))| {
                    self.at(&format!("[{i}]"), |walk| walk.value(field, given, typed))
                })
                .collect(),
            (_, typed) => typed.clone(),
        }
    }
}

fn is_written(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty() || name == "storageClassName" || name == "apiGroup",
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty() || !MAPS.contains(&name),
    }
}

/// How a value is put together, for ownership and merging.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Structure {
    /// A scalar, or something with one owner.
    Leaf,
    /// An object whose fields have their own owners.
    Object,
    /// A list of distinct values.
    Set,
    /// A list of objects told apart by these fields; the first is the one that patches merge by.
    Keyed(&'static [&'static str]),
}

/// What is known about a place in an object, from the name of its field. By default: the whole object.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shape {
    lists: Option<Structure>,
    atomic: bool,
    /// Whether the items of the list have one owner each.
    atomic_items: bool,
}

impl Shape {
    pub fn child(&self, field: &str) -> Self {
        let keyed = |keys| Self {
            lists: Some(Structure::Keyed(keys)),
            ..Self::default()
        };
        match field {
            "containers" | "initContainers" | "ephemeralContainers" | "env" | "volumes" => {
                keyed(&["name"])
            }
            "imagePullSecrets" | "secrets" => Self {
                atomic_items: true,
                ..keyed(&["name"])
            },
            "ownerReferences" => Self {
                atomic_items: true,
                ..keyed(&["uid"])
            },
            "ports" => keyed(&["port", "protocol"]),
            "volumeMounts" => keyed(&["mountPath"]),
            "conditions" | "addresses" => keyed(&["type"]),
            "hostAliases" | "podIPs" => keyed(&["ip"]),
            "topologySpreadConstraints" => keyed(&["topologyKey", "whenUnsatisfiable"]),
            "finalizers" | "podCIDRs" => Self {
                lists: Some(Structure::Set),
                ..Self::default()
            },
            "selector"
            | "labelSelector"
            | "podSelector"
            | "namespaceSelector"
            | "nodeSelector"
            | "roleRef"
            | "claimRef"
            | "involvedObject"
            | "secretRef"
            | "fieldRef"
            | "resourceFieldRef"
            | "configMapKeyRef"
            | "secretKeyRef"
            | "required"
            | "requiredDuringSchedulingIgnoredDuringExecution"
            | "preference" => Self {
                atomic: true,
                ..Self::default()
            },
            _ => Self::default(),
        }
    }

    /// The shape of the items of a list.
    pub fn item(&self) -> Self {
        Self {
            atomic: self.atomic_items,
            ..Self::default()
        }
    }

    /// How the value is put together that has been `old` and is `new`.
    pub fn structure(&self, old: Option<&Value>, new: Option<&Value>) -> Structure {
        let values = || [old, new].into_iter().flatten();
        if self.atomic {
            return Structure::Leaf;
        }
        match self.lists {
            Some(Structure::Keyed(keys)) if values().any(Value::is_array) => {
                let mut items = values().filter_map(Value::as_array).flatten();
                match items.find_map(|item| item.get("containerPort")) {
                    Some(_) => Structure::Keyed(&["containerPort", "protocol"]),
                    None => Structure::Keyed(keys),
                }
            }
            Some(list) if values().any(Value::is_array) => list,
            _ if values().any(Value::is_object) => Structure::Object,
            _ => Structure::Leaf,
        }
    }
}

/// The value of a key field of a list item; ports without a protocol are TCP ports.
pub fn key_value(item: &Value, key: &str) -> Option<Value> {
    match item.get(key) {
        Some(value) => Some(value.clone()),
        None => (key == "protocol").then(|| "TCP".into()),
    }
}
