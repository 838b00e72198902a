//! The discovery documents. Without aggregated discovery, clients get one for each group.

use serde_json::{Value, json};

use super::resources::{self, Resource, Subresource, group_version};

pub fn version() -> Value {
    json!({
        "major": "1",
        "minor": "36",
        "emulationMajor": "1",
        "emulationMinor": "36",
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35",
        "gitVersion": "v1.36.0",
        "gitCommit": "",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": "linux/amd64",
    })
}

pub fn core_versions() -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
}

pub fn groups() -> Value {
    let groups: Vec<Value> = resources::groups()
        .into_iter()
        .map(|(g, v)| group(g, v))
        .collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

fn group(name: &str, version: &str) -> Value {
    let served = json!({"groupVersion": format!("{name}/{version}"), "version": version});
    json!({"name": name, "versions": [served], "preferredVersion": served})
}

/// The document at `/apis/GROUP`, `/api/v1` or `/apis/GROUP/VERSION`.
pub fn document_at(path: &str) -> Option<Value> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match segments.as_slice() {
        ["api", version] => resource_list("", version),
        ["apis", name] => resources::groups()
            .into_iter()
            .find(|(g, _)| g == name)
            .map(|(name, version)| {
                let mut document = group(name, version);
                document["kind"] = "APIGroup".into();
                document["apiVersion"] = "v1".into();
                document
            }),
        ["apis", group, version] => resource_list(group, version),
        _ => None,
    }
}

fn sorted(group: &str, version: &str) -> Vec<&'static Resource> {
    let mut resources: Vec<_> = resources::all()
        .filter(|r| r.group == group && r.version == version)
        .collect();
    resources.sort_by_key(|r| r.plural);
    resources
}

fn resource_list(group: &str, version: &str) -> Option<Value> {
    let mut list = Vec::new();
    for resource in sorted(group, version) {
        let mut entry = json!({
            "name": resource.plural,
            "singularName": resource.singular,
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": resource.verbs,
        });
        if !resource.short_names.is_empty() {
            entry["shortNames"] = json!(resource.short_names);
        }
        if !resource.categories.is_empty() {
            entry["categories"] = json!(resource.categories);
        }
        list.push(entry);
        for subresource in resource.subresources {
            list.push(subresource_entry(resource, subresource));
        }
    }
    if list.is_empty() {
        return None;
    }
    let mut document = json!({
        "kind": "APIResourceList",
        "groupVersion": group_version(group, version),
        "resources": list,
    });
    if !group.is_empty() {
        document["apiVersion"] = "v1".into();
    }
    Some(document)
}

fn subresource_entry(resource: &Resource, subresource: &Subresource) -> Value {
    let mut entry = json!({
        "name": format!("{}/{}", resource.plural, subresource.name),
        "singularName": "",
        "namespaced": resource.namespaced,
        "kind": subresource.kind,
        "verbs": subresource.verbs,
    });
    if let Some(group) = subresource.group {
        entry["group"] = group.into();
        entry["version"] = "v1".into();
    }
    entry
}
