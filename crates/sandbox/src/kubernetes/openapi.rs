//! The OpenAPI documents, as far as `kubectl apply` reads them: that the server validates fields. How lists merge it
//! knows itself.

use serde_json::{Map, Value, json};

use super::resources::{self, Resource, group_version};

pub fn index() -> Value {
    let mut paths = Map::new();
    for (group, version) in std::iter::once(("", "v1")).chain(resources::groups()) {
        let path = document_path(group, version);
        let url = format!("/openapi/v3/{path}?hash=1");
        paths.insert(path, json!({"serverRelativeURL": url}));
    }
    json!({"paths": paths})
}

fn document_path(group: &str, version: &str) -> String {
    let root = if group.is_empty() { "api" } else { "apis" };
    format!("{root}/{}", group_version(group, version))
}

/// The document at `/openapi/v3/api/v1` or `/openapi/v3/apis/GROUP/VERSION`.
pub fn document_at(path: &str) -> Option<Value> {
    let place = path.strip_prefix("/openapi/v3/")?;
    let (group, version) = match place.split('/').collect::<Vec<_>>()[..] {
        ["api", version] => ("", version),
        ["apis", group, version] => (group, version),
        _ => return None,
    };
    let paths: Map<String, Value> = resources::all()
        .filter(|r| r.group == group && r.version == version)
        .map(|resource| {
            let namespace = if resource.namespaced {
                "namespaces/{namespace}/"
            } else {
                ""
            };
            let plural = resource.plural;
            (
                format!("/{place}/{namespace}{plural}/{{name}}"),
                json!({"patch": patch(resource)}),
            )
        })
        .collect();
    Some(json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.36.0"},
        "paths": paths,
        "components": {"schemas": {}},
    }))
}

fn patch(resource: &Resource) -> Value {
    json!({
        "operationId": format!("patch{}", resource.kind),
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": {
            "group": resource.group, "version": resource.version, "kind": resource.kind,
        },
        "parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}],
        "responses": {"200": {"description": "OK"}},
    })
}
