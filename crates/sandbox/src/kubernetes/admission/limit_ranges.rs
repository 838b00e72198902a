//! Limit ranges: what containers get that ask for nothing, and what they may ask for.

use serde_json::{Map, Value, json};

use crate::kubernetes::object;
use crate::kubernetes::quantity::Quantity;
use crate::kubernetes::resources::{LIMIT_RANGES, PODS};
use crate::kubernetes::status::Refusal;
use crate::kubernetes::store::Store;

const ANNOTATION: &str = "kubernetes.io/limit-ranger";
const LISTS: [(&str, &str); 2] = [
    ("containers", "container"),
    ("initContainers", "init container"),
];

fn container_limits(store: &Store, namespace: &str) -> Vec<Value> {
    let (ranges, _) = store.list(LIMIT_RANGES, Some(namespace));
    ranges
        .iter()
        .flat_map(|range| object::items(range.pointer("/spec/limits")))
        .filter(|limit| limit.get("type").is_some_and(|t| t == "Container"))
        .cloned()
        .collect()
}

/// Fills in the requests and limits that the namespace's ranges say, and notes it on the pod.
pub(super) fn fill(store: &Store, pod: &mut Value) {
    let mut notes = Vec::new();
    for limit in container_limits(store, object::namespace(pod)) {
        let spec = object::field_mut(pod, "spec");
        for (list, word) in LISTS {
            for container in spec
                .get_mut(list)
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                let name = container
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned();
                let resources = object::field_mut(container, "resources");
                for (field, source) in [("requests", "defaultRequest"), ("limits", "default")] {
                    let added = add_missing(resources, field, limit.get(source));
                    if !added.is_empty() {
                        let what = field.trim_end_matches('s');
                        notes.push(format!("{} {what} for {word} {name}", added.join(", ")));
                    }
                }
            }
        }
    }
    if !notes.is_empty() {
        let note = format!("LimitRanger plugin set: {}", notes.join("; "));
        let annotations = object::metadata_mut(pod)
            .entry("annotations")
            .or_insert_with(|| json!({}));
        if let Value::Object(annotations) = annotations {
            annotations.insert(ANNOTATION.to_owned(), note.into());
        }
    }
}

/// Adds amounts that are not there; returns what was added.
fn add_missing(
    resources: &mut Map<String, Value>,
    field: &str,
    amounts: Option<&Value>,
) -> Vec<String> {
    let mut added = Vec::new();
    let Some(Value::Object(amounts)) = amounts else {
        return added;
    };
    let target = resources.entry(field).or_insert_with(|| json!({}));
    if let Value::Object(target) = target {
        for (resource, amount) in amounts {
            if !target.contains_key(resource) {
                target.insert(resource.clone(), amount.clone());
                added.push(resource.clone());
            }
        }
    }
    added
}

/// Refuses a pod whose containers ask for less or more than the namespace allows.
pub(super) fn check(store: &Store, pod: &Value) -> Result<(), Refusal> {
    let mut broken = Vec::new();
    for limit in container_limits(store, object::namespace(pod)) {
        for (list, _) in LISTS {
            for container in object::items(pod.pointer(&format!("/spec/{list}"))) {
                broken.extend(broken_bounds(&limit, container));
            }
        }
    }
    match broken.as_slice() {
        [] => Ok(()),
        [one] => Err(Refusal::forbidden(PODS, object::name(pod), one)),
        many => Err(Refusal::forbidden(
            PODS,
            object::name(pod),
            &format!("[{}]", many.join(", ")),
        )),
    }
}

fn broken_bounds(limit: &Value, container: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    let asked = |field: &str, resource: &str| {
        container
            .get("resources")
            .and_then(|r| r.get(field))
            .and_then(|a| a.get(resource))
            .and_then(Value::as_str)
    };
    let amount = |text: &str| text.parse::<Quantity>().ok();
    let bounds = |field: &str| {
        let bounds = limit
            .get(field)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        bounds
            .into_iter()
            .filter_map(|(r, a)| Some((r, a.as_str()?.to_owned())))
    };
    for (resource, minimum) in bounds("min") {
        match asked("requests", &resource) {
            None => broken.push(format!(
                "minimum {resource} usage per Container is {minimum}.  No request is specified"
            )),
            Some(request) if amount(request) < amount(&minimum) => broken.push(format!(
                "minimum {resource} usage per Container is {minimum}, but request is {request}"
            )),
            Some(_) => {}
        }
    }
    for (resource, maximum) in bounds("max") {
        match asked("limits", &resource) {
            None => broken.push(format!(
                "maximum {resource} usage per Container is {maximum}.  No limit is specified"
            )),
            Some(asked) if amount(asked) > amount(&maximum) => broken.push(format!(
                "maximum {resource} usage per Container is {maximum}, but limit is {asked}"
            )),
            Some(_) => {}
        }
    }
    broken
}
