//! Resource quotas: the usage of a namespace and refusals above the limits.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::kubernetes::object;
use crate::kubernetes::quantity::Quantity;
use crate::kubernetes::resources::{
    self, CONFIG_MAPS, GroupResource, PERSISTENT_VOLUME_CLAIMS, PODS, RESOURCE_QUOTAS, Resource,
    SECRETS, SERVICES,
};
use crate::kubernetes::status::Refusal;
use crate::kubernetes::store::{Key, Store};

type Amounts = BTreeMap<String, Quantity>;

/// Refuses an object that exceeds a quota of its namespace. Of a changed object only the increase counts.
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
            && more.billionths > amount.billionths
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
    let concerned: Vec<&String> = hard
        .keys()
        .filter(|name| requested.contains_key(*name))
        .collect();
    if concerned.is_empty() {
        return Ok(());
    }
    let used = used(store, object::namespace(quota));
    let exceeded: Vec<&String> = concerned
        .into_iter()
        .filter(|name| {
            let now = used.get(*name).copied().unwrap_or_default();
            let more = requested[*name];
            more.billionths > 0 && (now + more).billionths > hard[*name].billionths
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
        let used = used(store, namespace);
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

fn used(store: &Store, namespace: &str) -> Amounts {
    let mut used = Amounts::new();
    for resource in resources::namespaced() {
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
            let total = sum.entry(name).or_insert(amount);
            if amount.billionths > total.billionths {
                *total = amount;
            }
        }
    }
    sum
}
