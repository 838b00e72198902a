//! The part of the OpenAPI documents that clients need: which parameters a patch takes, and of which
//! kinds.
//!
//! `kubectl` reads from them whether the server validates fields; how lists merge it knows itself.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::resources::{Registry, Resource, group_version};

/// The documents there are, with the hash of each.
pub fn index(registry: &Registry) -> Value {
    let mut paths = Map::new();
    for (group, version) in std::iter::once(("", "v1")).chain(registry.groups()) {
        let path = document_path(group, version);
        let Some(document) = document(registry, group, version) else {
            continue;
        };
        let hash: String = Sha256::digest(document.to_string().as_bytes())
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        let url = format!("/openapi/v3/{path}?hash={hash}");
        paths.insert(path, json!({"serverRelativeURL": url}));
    }
    json!({"paths": paths})
}

fn document_path(group: &str, version: &str) -> String {
    let root = if group.is_empty() { "api" } else { "apis" };
    format!("{root}/{}", group_version(group, version))
}

/// The document at `/openapi/v3/api/v1` or `/openapi/v3/apis/GROUP/VERSION`.
pub fn document_at(registry: &Registry, path: &str) -> Option<Value> {
    let place = path.strip_prefix("/openapi/v3/")?;
    match place.split('/').collect::<Vec<_>>().as_slice() {
        ["api", version] => document(registry, "", version),
        ["apis", group, version] => document(registry, group, version),
        _ => None,
    }
}

fn document(registry: &Registry, group: &str, version: &str) -> Option<Value> {
    if !registry.serves(group, version) {
        return None;
    }
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for resource in registry
        .all()
        .filter(|r| r.group == group && r.version == version)
    {
        let base = format!("/{}", document_path(group, version));
        let place = if resource.namespaced {
            format!("{base}/namespaces/{{namespace}}/{}", resource.plural)
        } else {
            format!("{base}/{}", resource.plural)
        };
        paths.insert(
            place.clone(),
            operations(resource, &[("get", "list"), ("post", "post")]),
        );
        if resource.is_stored() {
            paths.insert(
                format!("{place}/{{name}}"),
                operations(
                    resource,
                    &[
                        ("get", "get"),
                        ("put", "put"),
                        ("patch", "patch"),
                        ("delete", "delete"),
                    ],
                ),
            );
        }
        schemas.insert(
            schema_name(resource),
            json!({"type": "object", "x-kubernetes-group-version-kind": [gvk(resource)]}),
        );
    }
    Some(json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.36.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }))
}

fn gvk(resource: &Resource) -> Value {
    json!({"group": resource.group, "version": resource.version, "kind": resource.kind})
}

fn schema_name(resource: &Resource) -> String {
    let group = resource
        .group
        .split('.')
        .next()
        .filter(|g| !g.is_empty())
        .unwrap_or("core");
    format!("io.k8s.api.{group}.{}.{}", resource.version, resource.kind)
}

fn operations(resource: &Resource, methods: &[(&str, &str)]) -> Value {
    let parameter = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}});
    let mut operations = Map::new();
    for (method, action) in methods {
        let mut operation = json!({
            "operationId": format!("{action}{}", resource.kind),
            "x-kubernetes-action": action,
            "x-kubernetes-group-version-kind": gvk(resource),
            "responses": {"200": {"description": "OK"}},
        });
        if matches!(*method, "post" | "put" | "patch") {
            operation["parameters"] = json!([
                parameter("dryRun"),
                parameter("fieldManager"),
                parameter("fieldValidation"),
            ]);
        }
        operations.insert((*method).to_owned(), operation);
    }
    operations.into()
}
