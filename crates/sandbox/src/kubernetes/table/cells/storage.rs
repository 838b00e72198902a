//! Cells of data, volumes and quotas.

use serde_json::Value;

use super::{get, joined};
use crate::kubernetes::object;

pub fn data_count(map: &Value) -> Value {
    let entries = |pointer: &str| {
        map.pointer(pointer)
            .and_then(Value::as_object)
            .map_or(0, serde_json::Map::len)
    };
    (entries("/data") + entries("/binaryData"))
        .to_string()
        .into()
}

pub fn access_modes(volume: &Value) -> Value {
    let modes = object::strings(volume.pointer("/spec/accessModes"))
        .into_iter()
        .map(|mode| {
            match mode {
                "ReadWriteOnce" => "RWO",
                "ReadOnlyMany" => "ROX",
                "ReadWriteMany" => "RWX",
                "ReadWriteOncePod" => "RWOP",
                other => other,
            }
            .to_owned()
        })
        .collect();
    joined(modes, "")
}

pub fn volume_claim(volume: &Value) -> Value {
    match get(volume, "/spec/claimRef/name") {
        "" => "".into(),
        name => format!("{}/{name}", get(volume, "/spec/claimRef/namespace")).into(),
    }
}

pub fn quota(quota: &Value, limits: bool) -> Value {
    let hard = quota.pointer("/status/hard").and_then(Value::as_object);
    let parts: Vec<String> = hard
        .into_iter()
        .flatten()
        .filter(|(name, _)| name.starts_with("limits.") == limits)
        .map(|(name, hard)| {
            let used = quota.pointer("/status/used").and_then(|u| u.get(name));
            let shown = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or("0").to_owned();
            format!("{name}: {}/{}", shown(used), shown(Some(hard)))
        })
        .collect();
    parts.join(", ").into()
}

pub fn storage_class_name(class: &Value) -> Value {
    let default =
        object::annotation(class, "storageclass.kubernetes.io/is-default-class") == Some("true");
    let suffix = if default { " (default)" } else { "" };
    format!("{}{suffix}", object::name(class)).into()
}

pub fn expansion(class: &Value) -> Value {
    (class.get("allowVolumeExpansion") == Some(&Value::Bool(true))).into()
}
