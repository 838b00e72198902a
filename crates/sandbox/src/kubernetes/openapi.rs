//! The OpenAPI documents: which parameters a patch takes, of which kinds, and what fields there are.
//!
//! `kubectl` reads from them whether the server validates fields, and `kubectl explain` shows them. How
//! lists merge it knows itself.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::resources::{Registry, Resource, group_version};
use super::schema::{self, Field, Items, Kind, Merge, Type};

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
    let mut needed = BTreeSet::new();
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
        let all: &[_] = &[("get", "list"), ("post", "post")];
        paths.insert(place.clone(), operations(resource, all));
        if resource.is_stored() {
            let one: &[_] = &[
                ("get", "get"),
                ("put", "put"),
                ("patch", "patch"),
                ("delete", "delete"),
            ];
            paths.insert(format!("{place}/{{name}}"), operations(resource, one));
        }
        if let Some(of) = schema::of_kind(resource.group, resource.kind) {
            schemas.insert(schema_name(of.name), root_schema(resource, of, &mut needed));
        }
    }
    // What the kinds are made of, and what that is made of.
    while let Some(name) = needed.pop_first() {
        let key = schema_name(name);
        if let Some(of) = schema::named(name)
            && !schemas.contains_key(&key)
        {
            schemas.insert(key, type_schema(of, &mut needed));
        }
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

/// The published name of a type of the tables.
fn schema_name(name: &str) -> String {
    match name.split_once('.') {
        Some(("meta", name)) => format!("io.k8s.apimachinery.pkg.apis.meta.v1.{name}"),
        Some((group, name)) => format!("io.k8s.api.{group}.v1.{name}"),
        None => name.to_owned(),
    }
}

fn root_schema(
    resource: &Resource,
    of: &'static Type,
    needed: &mut BTreeSet<&'static str>,
) -> Value {
    let mut schema = type_schema(of, needed);
    for field in ["apiVersion", "kind"] {
        schema["properties"][field] = json!({"type": "string"});
    }
    schema["x-kubernetes-group-version-kind"] = json!([gvk(resource)]);
    schema
}

fn type_schema(of: &'static Type, needed: &mut BTreeSet<&'static str>) -> Value {
    let properties: Map<String, Value> = of
        .json_fields()
        .into_iter()
        .map(|field| (field.name.to_owned(), field_schema(field, needed)))
        .collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if of.atomic {
        schema["x-kubernetes-map-type"] = "atomic".into();
    }
    schema
}

fn field_schema(field: &'static Field, needed: &mut BTreeSet<&'static str>) -> Value {
    let mut schema = kind_schema(&field.kind, needed);
    match (&field.kind, &field.items) {
        (Kind::List(_), Items::By(keys)) => {
            schema["x-kubernetes-list-type"] = "map".into();
            schema["x-kubernetes-list-map-keys"] = json!(keys);
        }
        (Kind::List(_), Items::Set) => schema["x-kubernetes-list-type"] = "set".into(),
        (Kind::List(_), Items::Atomic) => schema["x-kubernetes-list-type"] = "atomic".into(),
        _ => {}
    }
    match field.merge {
        Merge::By(key) => {
            schema["x-kubernetes-patch-strategy"] = "merge".into();
            schema["x-kubernetes-patch-merge-key"] = key.into();
        }
        Merge::Values => schema["x-kubernetes-patch-strategy"] = "merge".into(),
        Merge::Replace => {}
    }
    schema
}

fn kind_schema(kind: &'static Kind, needed: &mut BTreeSet<&'static str>) -> Value {
    match kind {
        Kind::Text | Kind::Quantity => json!({"type": "string"}),
        Kind::Integer => json!({"type": "integer"}),
        Kind::Number => json!({"type": "number"}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Bytes => json!({"type": "string", "format": "byte"}),
        Kind::Time | Kind::MicroTime => json!({"type": "string", "format": "date-time"}),
        Kind::IntOrText => json!({"type": "string", "format": "int-or-string"}),
        Kind::Any => json!({"type": "object"}),
        Kind::Struct(name) => {
            needed.insert(name);
            json!({"allOf": [{"$ref": format!("#/components/schemas/{}", schema_name(name))}]})
        }
        Kind::List(item) => json!({"type": "array", "items": kind_schema(item, needed)}),
        Kind::Map(item) => {
            json!({"type": "object", "additionalProperties": kind_schema(item, needed)})
        }
    }
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
