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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::resources::{NODES, PODS, Registry};

    fn cells(id: super::super::resources::GroupResource, object: Value) -> Vec<Value> {
        let registry = Registry::default();
        let table = of_objects(
            registry.get(id).unwrap(),
            &[&object],
            &Value::Null,
            &Included::Nothing,
        );
        table["rows"][0]["cells"].as_array().unwrap().clone()
    }

    #[test]
    fn a_pod_shows_what_keeps_it_from_running() {
        let pod = json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}], "nodeName": "n"}, "status": {
            "phase": "Pending",
            "containerStatuses": [{"name": "c", "ready": false, "restartCount": 2, "state": {"waiting": {"reason": "ImagePullBackOff"}}}],
        }});
        assert_eq!(
            cells(PODS, pod)[..4],
            [
                json!("p"),
                json!("0/1"),
                json!("ImagePullBackOff"),
                json!("2")
            ]
        );
    }

    #[test]
    fn a_terminating_pod_shows_that_it_ends() {
        let pod = json!({"metadata": {"name": "p", "deletionTimestamp": object::now()}, "spec": {"containers": [{}]}, "status": {"phase": "Running"}});
        assert_eq!(cells(PODS, pod)[2], json!("Terminating"));
    }

    #[test]
    fn a_node_shows_its_readiness_and_roles() {
        let node = json!({
            "metadata": {"name": "n", "labels": {"node-role.kubernetes.io/control-plane": ""}},
            "spec": {"unschedulable": true},
            "status": {"conditions": [{"type": "Ready", "status": "True"}], "nodeInfo": {"kubeletVersion": "v1.36.0"}},
        });
        let cells = cells(NODES, node);
        assert_eq!(
            cells[1..3],
            [json!("Ready,SchedulingDisabled"), json!("control-plane")]
        );
        assert_eq!(cells[4], json!("v1.36.0"));
    }
}
