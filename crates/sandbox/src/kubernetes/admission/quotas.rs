//! Resource quotas: counting what a namespace uses and refusing what would be too much.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::kubernetes::object;
use crate::kubernetes::quantity::Quantity;
use crate::kubernetes::resources::{
    CONFIG_MAPS, GroupResource, PERSISTENT_VOLUME_CLAIMS, PODS, RESOURCE_QUOTAS, Resource, SECRETS,
    SERVICES,
};
use crate::kubernetes::status::Refusal;
use crate::kubernetes::store::{Key, Store};

type Amounts = BTreeMap<String, Quantity>;

/// Refuses an object that the quotas of its namespace leave no room for. `before` is the object it
/// replaces, whose share it takes over.
pub fn check(
    store: &Store,
    resource: &Resource,
    before: Option<&Value>,
    object: &Value,
) -> Result<(), Refusal> {
    let namespace = object::namespace(object);
    let (quotas, _) = store.list(RESOURCE_QUOTAS, Some(namespace));
    if quotas.is_empty() {
        return Ok(());
    }
    let mut requested = usage(resource.id(), object);
    for (name, amount) in before.map(|b| usage(resource.id(), b)).unwrap_or_default() {
        // Only what grows is asked for.
        if let Some(more) = requested.remove(&name)
            && more > amount
        {
            requested.insert(name, more - amount);
        }
    }
    for quota in quotas {
        check_one(store, &quota, resource, object, &requested)?;
    }
    Ok(())
}

fn check_one(
    store: &Store,
    quota: &Value,
    resource: &Resource,
    object: &Value,
    requested: &Amounts,
) -> Result<(), Refusal> {
    let hard = amounts(quota.pointer("/spec/hard"));
    let quota_name = object::name(quota);
    let refuse = |why: String| {
        Err(Refusal::forbidden(
            resource.id(),
            object::name(object),
            &why,
        ))
    };
    if resource.id() == PODS {
        let unsaid = unsaid(&hard, object);
        if !unsaid.is_empty() {
            return refuse(format!("failed quota: {quota_name}: must specify {unsaid}"));
        }
    }
    let concerned: Vec<&String> = hard
        .keys()
        .filter(|name| requested.contains_key(*name))
        .collect();
    if concerned.is_empty() {
        return Ok(());
    }
    let used = used(store, object::namespace(quota), &hard);
    let exceeded: Vec<&String> = concerned
        .into_iter()
        .filter(|name| {
            let now = used.get(*name).copied().unwrap_or_default();
            let more = requested[*name];
            more > Quantity::default() && now + more > hard[*name]
        })
        .collect();
    if exceeded.is_empty() {
        return Ok(());
    }
    let list = |amounts: &Amounts| {
        let parts: Vec<String> = exceeded
            .iter()
            .map(|name| format!("{name}={}", amounts.get(*name).copied().unwrap_or_default()))
            .collect();
        parts.join(",")
    };
    refuse(format!(
        "exceeded quota: {quota_name}, requested: {}, used: {}, limited: {}",
        list(requested),
        list(&used),
        list(&hard)
    ))
}

fn amounts(list: Option<&Value>) -> Amounts {
    list.and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, amount)| Some((name.clone(), amount.as_str()?.parse().ok()?)))
        .collect()
}

pub fn refresh(store: &Store, namespace: &str) {
    let (quotas, _) = store.list(RESOURCE_QUOTAS, Some(namespace));
    for quota in quotas {
        let hard = amounts(quota.pointer("/spec/hard"));
        let used = used(store, namespace, &hard);
        let shown: Map<String, Value> = hard
            .keys()
            .map(|name| {
                let amount = used.get(name).copied().unwrap_or_default();
                (name.clone(), amount.to_string().into())
            })
            .collect();
        let status = json!({
            "hard": quota.pointer("/spec/hard").cloned().unwrap_or_else(|| json!({})),
            "used": shown,
        });
        // A quota that was deleted meanwhile needs no status.
        let _ = store.modify(&Key::of(RESOURCE_QUOTAS, &quota), |quota| {
            if let Value::Object(fields) = quota {
                fields.insert("status".to_owned(), status);
            }
        });
    }
}

fn used(store: &Store, namespace: &str, hard: &Amounts) -> Amounts {
    let mut used = Amounts::new();
    for resource in counted(store, hard) {
        let (objects, _) = store.list(resource, Some(namespace));
        for object in objects {
            for (name, amount) in usage(resource, &object) {
                let sum = used.entry(name).or_default();
                *sum = *sum + amount;
            }
        }
    }
    used
}

fn counted(store: &Store, hard: &Amounts) -> Vec<GroupResource> {
    let registry = store.registry();
    let mut resources: Vec<GroupResource> = registry
        .all()
        .filter(|r| {
            let id = r.id();
            hard.contains_key(&format!("count/{id}"))
                || (r.group.is_empty() && hard.contains_key(r.plural))
                || (id == SERVICES && hard.keys().any(|k| k.starts_with("services.")))
                || (id == PERSISTENT_VOLUME_CLAIMS && hard.contains_key("requests.storage"))
                || (id == PODS
                    && hard.keys().any(|k| {
                        k.starts_with("requests.")
                            || k.starts_with("limits.")
                            || matches!(k.as_str(), "cpu" | "memory")
                    }))
        })
        .map(Resource::id)
        .collect();
    resources.dedup();
    resources
}

fn usage(resource: GroupResource, object: &Value) -> Amounts {
    let one = Quantity::whole(1);
    let mut usage = Amounts::from([(format!("count/{resource}"), one)]);
    let mut count = |name: &str, amount: Quantity| {
        usage.insert(name.to_owned(), amount);
    };
    let text = |pointer: &str| {
        object
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    match resource {
        CONFIG_MAPS | SECRETS | RESOURCE_QUOTAS => count(resource.plural, one),
        PERSISTENT_VOLUME_CLAIMS => {
            count(resource.plural, one);
            let storage = text("/spec/resources/requests/storage");
            count("requests.storage", storage.parse().unwrap_or_default());
        }
        SERVICES => {
            count(resource.plural, one);
            let ports = object::items(object.pointer("/spec/ports")).len();
            let ports = Quantity::whole(i64::try_from(ports).unwrap_or(i64::MAX));
            match text("/spec/type") {
                "NodePort" => count("services.nodeports", ports),
                "LoadBalancer" => {
                    count("services.loadbalancers", one);
                    if object.pointer("/spec/allocateLoadBalancerNodePorts") != Some(&json!(false))
                    {
                        count("services.nodeports", ports);
                    }
                }
                _ => {}
            }
        }
        PODS if !matches!(text("/status/phase"), "Succeeded" | "Failed") => {
            count("pods", one);
            for (prefix, field) in [("requests", "requests"), ("limits", "limits")] {
                for (name, amount) in pod_resources(object, field) {
                    if prefix == "requests" && matches!(name.as_str(), "cpu" | "memory") {
                        count(&name, amount);
                    }
                    count(&format!("{prefix}.{name}"), amount);
                }
            }
        }
        _ => {}
    }
    usage
}

/// What the containers of a pod ask for together, or its greediest init container alone.
fn pod_resources(pod: &Value, field: &str) -> Amounts {
    let of = |container: &Value| amounts(container.get("resources").and_then(|r| r.get(field)));
    let mut sum = Amounts::new();
    for container in object::items(pod.pointer("/spec/containers")) {
        for (name, amount) in of(container) {
            let total = sum.entry(name).or_default();
            *total = *total + amount;
        }
    }
    for container in object::items(pod.pointer("/spec/initContainers")) {
        for (name, amount) in of(container) {
            let total = sum.entry(name).or_default();
            *total = (*total).max(amount);
        }
    }
    sum
}

/// What the quota counts and containers do not say: `limits.cpu for: a,b; requests.memory for: a`.
fn unsaid(hard: &Amounts, pod: &Value) -> String {
    let mut parts = Vec::new();
    for name in hard.keys() {
        let (field, resource) = match name.split_once('.') {
            Some(("limits", resource)) => ("limits", resource),
            Some(("requests", resource)) => ("requests", resource),
            None if matches!(name.as_str(), "cpu" | "memory") => ("requests", name.as_str()),
            _ => continue,
        };
        if !matches!(resource, "cpu" | "memory") {
            continue;
        }
        let silent: Vec<&str> = ["/spec/containers", "/spec/initContainers"]
            .iter()
            .flat_map(|list| object::items(pod.pointer(list)))
            .filter(|c| {
                c.pointer(&format!("/resources/{field}/{resource}"))
                    .is_none()
            })
            .filter_map(|c| c.get("name").and_then(Value::as_str))
            .collect();
        if !silent.is_empty() {
            parts.push(format!("{name} for: {}", silent.join(",")));
        }
    }
    parts.join("; ")
}
