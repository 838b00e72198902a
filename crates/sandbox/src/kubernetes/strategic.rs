//! Strategic merge patch: a merge patch that knows which lists are keyed and takes directives.

use serde_json::{Map, Value, json};

use crate::kubernetes::schema::{Merge, Shape};

const DIRECTIVE: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const DELETE_VALUES: &str = "$deleteFromPrimitiveList/";
const ORDER: &str = "$setElementOrder/";

/// A directive that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPatch {
    /// A `$patch` that nobody knows.
    #[error("Unknown patch type found: {0}")]
    Directive(String),
    /// An item of a keyed list lacks its key.
    #[error("map: {item} does not contain declared merge key: {key}")]
    NoKey {
        /// The item.
        item: String,
        /// The key's field.
        key: &'static str,
    },
}

/// Lays a patch over an object.
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

/// Whether two items of a list are the same one.
type Same = dyn Fn(&Value, &Value) -> bool;

fn merge_list(
    shape: Option<Shape>,
    target: &[Value],
    patch: &[Value],
    order: Option<&Value>,
) -> Result<Value, BadPatch> {
    let same: Box<Same> = match shape.map_or(Merge::Replace, |s| s.merge()) {
        Merge::Replace => return Ok(plain(patch).into()),
        Merge::Values => Box::new(|a, b| a == b),
        Merge::By(key) => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::schema::of_kind;

    fn patched(kind: &str, target: Value, patch: Value) -> Value {
        let group = if kind == "Deployment" { "apps" } else { "" };
        let mut target = target;
        apply(
            Shape::of(of_kind(group, kind).unwrap()),
            &mut target,
            &patch,
        )
        .unwrap();
        target
    }

    #[test]
    fn items_of_keyed_lists_are_merged_added_and_deleted() {
        let target = json!({"spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b"}]}});
        let patch = json!({"spec": {"containers": [
            {"name": "a", "image": "2"}, {"name": "c"}, {"name": "b", "$patch": "delete"},
        ]}});
        assert_eq!(
            patched("Pod", target, patch),
            json!({"spec": {"containers": [{"name": "a", "image": "2"}, {"name": "c"}]}})
        );
    }

    #[test]
    fn new_conditions_stand_before_those_that_the_patch_does_not_name() {
        let target = json!({"status": {"conditions": [{"type": "PodScheduled"}]}});
        let patch = json!({"status": {"conditions": [{"type": "Ready"}, {"type": "Initialized"}]}});
        let types: Vec<String> = patched("Pod", target, patch)["status"]["conditions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["type"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(types, ["Ready", "Initialized", "PodScheduled"]);
    }

    #[test]
    fn values_are_added_and_deleted_and_put_in_order() {
        let target = json!({"metadata": {"finalizers": ["a", "b"]}});
        let patch = json!({"metadata": {
            "finalizers": ["c"],
            "$deleteFromPrimitiveList/finalizers": ["a"],
            "$setElementOrder/finalizers": ["c", "b"],
        }});
        assert_eq!(
            patched("Pod", target, patch),
            json!({"metadata": {"finalizers": ["c", "b"]}})
        );
    }

    #[test]
    fn retained_keys_drop_the_other_side_of_a_union() {
        let target = json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {}}}});
        let patch = json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}});
        assert_eq!(
            patched("Deployment", target, patch),
            json!({"spec": {"strategy": {"type": "Recreate"}}})
        );
    }

    #[test]
    fn lists_without_keys_are_replaced_and_null_removes() {
        let target = json!({"spec": {"tolerations": [{"key": "a"}], "hostname": "h"}});
        let patch = json!({"spec": {"tolerations": [{"key": "b"}], "hostname": null}});
        assert_eq!(
            patched("Pod", target, patch),
            json!({"spec": {"tolerations": [{"key": "b"}]}})
        );
    }
}
