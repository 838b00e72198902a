//! Strategic merge patch, as `kubectl apply` and `kubectl edit` send it: a merge patch with keyed lists and directives.

use serde_json::{Map, Value};

use crate::kubernetes::object;
use crate::kubernetes::schema::{Shape, Structure};

const DIRECTIVE: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const DELETE_VALUES: &str = "$deleteFromPrimitiveList/";

pub fn merge(shape: Shape, target: Option<&Value>, patch: &Value) -> Value {
    match patch {
        Value::Object(patch) => {
            merge_object(shape, target.and_then(Value::as_object), patch).into()
        }
        Value::Array(patch) => merge_list(shape, object::items(target), patch).into(),
        scalar => scalar.clone(),
    }
}

fn merge_object(
    shape: Shape,
    target: Option<&Map<String, Value>>,
    patch: &Map<String, Value>,
) -> Map<String, Value> {
    let mut merged = target.cloned().unwrap_or_default();
    if let Some(Value::Array(retained)) = patch.get(RETAIN) {
        merged.retain(|name, _| retained.iter().any(|r| r == name));
    }
    for (name, value) in patch {
        if let Some(list) = name.strip_prefix(DELETE_VALUES) {
            if let (Some(Value::Array(items)), Value::Array(gone)) = (merged.get_mut(list), value) {
                items.retain(|item| !gone.contains(item));
            }
        } else if name.starts_with('$') {
            // The order of keyed lists has no meaning here.
        } else if value.is_null() || deletes(value) {
            merged.remove(name);
        } else {
            let after = merge(shape.child(name), merged.get(name), value);
            merged.insert(name.clone(), after);
        }
    }
    merged
}

fn deletes(patch: &Value) -> bool {
    patch[DIRECTIVE] == "delete"
}

fn merge_list(shape: Shape, target: &[Value], patch: &[Value]) -> Vec<Value> {
    let items = Value::Array([target, patch].concat());
    let structure = shape.structure(Some(&items), None);
    let same = |a: &Value, b: &Value| match structure {
        Structure::Keyed(keys) => a.get(keys[0]).is_some() && a.get(keys[0]) == b.get(keys[0]),
        _ => a == b,
    };
    if matches!(structure, Structure::Leaf | Structure::Object) {
        return patch.to_vec();
    }
    let mut merged = target.to_vec();
    for item in patch {
        match merged.iter().position(|existing| same(existing, item)) {
            Some(at) if deletes(item) => drop(merged.remove(at)),
            Some(at) => merged[at] = merge(shape.item(), Some(&merged[at]), item),
            None if deletes(item) => {}
            None => merged.push(merge(shape.item(), None, item)),
        }
    }
    // Items that the patch names come first, in its order.
    let rank = |item: &Value| patch.iter().position(|other| same(other, item));
    merged.sort_by_key(|item| rank(item).unwrap_or(usize::MAX));
    merged
}
