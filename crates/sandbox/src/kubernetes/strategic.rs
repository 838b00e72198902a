//! Strategic merge patch: a merge patch that knows which lists are keyed and takes directives.

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
            merge_list(shape, target.unwrap_or_default(), patch, None)
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
            // Done above, or with the list below.
        } else if value.is_null() {
            merged.remove(name);
        } else {
            let below = shape.and_then(|s| s.child(name));
            let before = merged.get(name);
            let after = match (value, before) {
                (Value::Array(patch_items), before) => {
                    let before = before.and_then(Value::as_array).map(Vec::as_slice);
                    let order = patch.get(&format!("{ORDER}{name}"));
                    merge_list(below, before.unwrap_or_default(), patch_items, order)?
                }
                _ => merge_value(below, before, value)?,
            };
            let deleted = value.get(DIRECTIVE).and_then(Value::as_str) == Some("delete");
            if deleted {
                merged.remove(name);
            } else {
                merged.insert(name.clone(), after);
            }
        }
    }
    // An order may come without changes to the items.
    for (name, order) in patch {
        if let Some(list) = name.strip_prefix(ORDER)
            && !patch.contains_key(list)
            && let Some(Value::Array(items)) = merged.get(list)
        {
            let below = shape.and_then(|s| s.child(list));
            let ordered = merge_list(below, items, &[], Some(order))?;
            merged.insert(list.to_owned(), ordered);
        }
    }
    Ok(merged)
}

type Same = dyn Fn(&Value, &Value) -> bool;

fn merge_list(
    shape: Option<Shape>,
    target: &[Value],
    patch: &[Value],
    order: Option<&Value>,
) -> Result<Value, BadPatch> {
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
    let wanted = order.and_then(Value::as_array).map_or(patch, Vec::as_slice);
    Ok(arrange(merged, target, wanted, &*same).into())
}

/// Without the items that only carry directives.
fn plain(items: &[Value]) -> Vec<Value> {
    items
        .iter()
        .filter(|item| item.get(DIRECTIVE).is_none())
        .cloned()
        .collect()
}

/// Puts items that the patch names in its order, and the others where they stood relative to them.
fn arrange(merged: Vec<Value>, before: &[Value], wanted: &[Value], same: &Same) -> Vec<Value> {
    let rank = |list: &[Value], item: &Value| list.iter().position(|other| same(other, item));
    let (mut named, mut others): (Vec<Value>, Vec<Value>) = merged
        .into_iter()
        .partition(|item| rank(wanted, item).is_some());
    named.sort_by_key(|item| rank(wanted, item));
    others.sort_by_key(|item| rank(before, item));
    let mut arranged = Vec::with_capacity(named.len() + others.len());
    let mut named = named.into_iter().peekable();
    let mut others = others.into_iter().peekable();
    loop {
        let next = match (others.peek(), named.peek()) {
            (None, None) => return arranged,
            (Some(other), Some(name)) => match (rank(before, other), rank(before, name)) {
                (Some(o), Some(n)) if o <= n => others.next(),
                _ => named.next(),
            },
            (Some(_), None) => others.next(),
            (None, Some(_)) => named.next(),
        };
        arranged.extend(next);
    }
}
