//! Limit ranges: the default requests and limits of containers.

use serde_json::{Map, Value, json};

use crate::kubernetes::object;
use crate::kubernetes::resources::LIMIT_RANGES;
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
