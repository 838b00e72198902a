//! Cells of roles and bindings.

use serde_json::Value;

use super::{get, list};

pub fn binding_role(binding: &Value) -> Value {
    format!(
        "{}/{}",
        get(binding, "/roleRef/kind"),
        get(binding, "/roleRef/name")
    )
    .into()
}

pub fn subjects(binding: &Value, kind: &str) -> Value {
    let names: Vec<String> = list(binding, "/subjects")
        .iter()
        .filter(|s| get(s, "/kind") == kind)
        .map(|s| match get(s, "/namespace") {
            "" => get(s, "/name").to_owned(),
            namespace => format!("{namespace}/{}", get(s, "/name")),
        })
        .collect();
    names.join(", ").into()
}
