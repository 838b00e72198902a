//! Strategic merge patch: a merge patch with keyed lists and directives.

use serde_json::{Map, Value, json};

use crate::kubernetes::schema::{Shape, Structure};

const DIRECTIVE: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const DELETE_VALUES: &str = "$deleteFromPrimitiveList/";
const ORDER: &str = "$setElementOrder/";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPatch {
    #[error("Unknown patch type found: {0}")]
    Directive(String),
    #[error("map: {item} does not contain declared merge key: {key}")]
    NoKey { item: String, key: &'static str },
}

pub fn apply(shape: Shape, target: &mut Value, patch: &Value) -> Result<(), BadPatch> {
    *target = merge_value(Some(shape), Some(target), patch)?;
    Ok(())
}

fn merge_value(
    shape: Option<Shape>,
    target: Option<&Value>,
    patch: &Value,
) -> Result<Value, BadPatch> {
    match patch {
        Value::Object(patch) => {
            let nothing = Map::new();
            let target = target.and_then(Value::as_object).unwrap_or(&nothing);
            Ok(merge_object(shape, target, patch)?.into())
        }
        Value::Array(patch) => {
            let target = target.and_then(Value::as_array).map(Vec::as_slice);
            merge_list(shape, target.unwrap_or_default(), patch)
        }
        scalar => Ok(scalar.clone()),
    }
}

fn merge_object(
    shape: Option<Shape>,
    target: &Map<String, Value>,
    patch: &Map<String, Value>,
) -> Result<Map<String, Value>, BadPatch> {
    let mut merged = match patch.get(DIRECTIVE).and_then(Value::as_str) {
        Some("replace") => {
            let mut replaced = patch.clone();
            replaced.remove(DIRECTIVE);
            return Ok(replaced);
        }
        Some("delete") => return Ok(Map::new()),
        Some("merge") | None => target.clone(),
        Some(other) => return Err(BadPatch::Directive(other.to_owned())),
    };
    if let Some(Value::Array(retained)) = patch.get(RETAIN) {
        merged.retain(|name, _| retained.iter().any(|r| r == name));
    }
    for (name, value) in patch {
        if let Some(list) = name.strip_prefix(DELETE_VALUES) {
            if let (Some(Value::Array(items)), Value::Array(gone)) = (merged.get_mut(list), value) {
                items.retain(|item| !gone.contains(item));
            }
        } else if name == DIRECTIVE || name == RETAIN || name.starts_with(ORDER) {
            // Done above. The order of keyed lists has no meaning here.
        } else if value.is_null() {
            merged.remove(name);
        } else {
            let below = shape.and_then(|s| s.child(name));
            let before = merged.get(name);
            let after = merge_value(below, before, value)?;
            let deleted = value.get(DIRECTIVE).and_then(Value::as_str) == Some("delete");
            if deleted {
                merged.remove(name);
            } else {
                merged.insert(name.clone(), after);
            }
        }
    }
    Ok(merged)
}

type Same = dyn Fn(&Value, &Value) -> bool;

fn merge_list(shape: Option<Shape>, target: &[Value], patch: &[Value]) -> Result<Value, BadPatch> {
    let items = Value::Array([target, patch].concat());
    let structure = shape.map_or(Structure::Leaf, |s| s.structure(Some(&items), None));
    let same: Box<Same> = match structure {
        Structure::Leaf | Structure::Object => return Ok(plain(patch).into()),
        Structure::Set => Box::new(|a, b| a == b),
        Structure::Keyed(keys) => {
            let key = keys[0];
            for item in patch {
                if item.get(key).is_none() && item.get(DIRECTIVE).is_none() {
                    return Err(BadPatch::NoKey {
                        item: item.to_string(),
                        key,
                    });
                }
            }
            Box::new(move |a, b| a.get(key).is_some() && a.get(key) == b.get(key))
        }
    };
    let directive = |item: &Value| {
        item.get(DIRECTIVE)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    if patch
        .iter()
        .any(|item| directive(item).as_deref() == Some("replace"))
    {
        return Ok(plain(patch).into());
    }
    let item_shape = shape.map(|s| s.item());
    let mut merged: Vec<Value> = target.to_vec();
    for item in patch {
        if directive(item).as_deref() == Some("delete") {
            merged.retain(|existing| !same(existing, item));
            continue;
        }
        match merged.iter_mut().find(|existing| same(existing, item)) {
            Some(existing) => *existing = merge_value(item_shape, Some(existing), item)?,
            None => merged.push(merge_value(item_shape, Some(&json!({})), item)?),
        }
    }
    // Items that the patch names come first, in its order.
    let rank = |item: &Value| patch.iter().position(|other| same(other, item));
    merged.sort_by_key(|item| rank(item).unwrap_or(usize::MAX));
    Ok(merged.into())
}

/// Without the items that only carry directives.
fn plain(items: &[Value]) -> Vec<Value> {
    items
        .iter()
        .filter(|item| item.get(DIRECTIVE).is_none())
        .cloned()
        .collect()
}
