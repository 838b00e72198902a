//! Objects as rows for people, as `kubectl get` shows them.

mod cells;
mod columns;

use serde_json::{Value, json};

use super::object;
use super::resources::Resource;
use columns::{Column, columns_of};

/// What a row carries besides its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Included {
    /// Nothing.
    Nothing,
    /// The object's metadata.
    #[default]
    Metadata,
    /// The object.
    Object,
}

/// Objects of a resource as a table.
pub fn of_objects(
    resource: &Resource,
    objects: &[&Value],
    metadata: &Value,
    included: &Included,
) -> Value {
    let columns = columns_of(resource);
    let definitions: Vec<Value> = columns.iter().map(definition).collect();
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let cells: Vec<Value> = columns.iter().map(|column| (column.cell)(object)).collect();
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

fn definition(column: &Column) -> Value {
    json!({
        "name": column.name,
        "type": column.kind,
        "format": if column.name == "Name" { "name" } else { "" },
        "description": column.description,
        "priority": i32::from(column.wide),
    })
}
