//! Laying an applied configuration over the object there is, and taking out what its manager gave up.

use serde_json::Value;

use super::field_set::{FieldSet, field_element, key_element, value_element};
use crate::kubernetes::schema::{Shape, Structure};

pub fn merge(shape: Shape, live: &Value, applied: &Value) -> Value {
    match (shape.structure(Some(live), Some(applied)), live, applied) {
        (Structure::Object, Value::Object(live), Value::Object(applied)) => {
            let mut merged = live.clone();
            for (name, value) in applied {
                let value = match live.get(name) {
                    Some(before) => merge(shape.child(name), before, value),
                    None => value.clone(),
                };
                merged.insert(name.clone(), value);
            }
            merged.into()
        }
        (Structure::Set, Value::Array(live), Value::Array(applied)) => {
            merge_lists(live, applied, value_element, |_, applied| applied.clone())
        }
        (Structure::Keyed(keys), Value::Array(live), Value::Array(applied)) => merge_lists(
            live,
            applied,
            |item| key_element(item, keys),
            |live, applied| merge(shape.item(), live, applied),
        ),
        _ => applied.clone(),
    }
}

/// Merges two lists: applied items keep their order, the others their place between them.
fn merge_lists(
    live: &[Value],
    applied: &[Value],
    element: impl Fn(&Value) -> String,
    both: impl Fn(&Value, &Value) -> Value,
) -> Value {
    let applied_elements: Vec<String> = applied.iter().map(&element).collect();
    let live_elements: Vec<String> = live.iter().map(&element).collect();
    let mut merged = Vec::with_capacity(live.len() + applied.len());
    let mut next = 0;
    let mut take_live_until = |limit: Option<usize>, merged: &mut Vec<Value>| {
        let end = limit.unwrap_or(live.len());
        while next < end {
            if !applied_elements.contains(&live_elements[next]) {
                merged.push(live[next].clone());
            }
            next += 1;
        }
    };
    for (item, name) in applied.iter().zip(&applied_elements) {
        match live_elements.iter().position(|e| e == name) {
            Some(at) => {
                take_live_until(Some(at), &mut merged);
                merged.push(both(&live[at], item));
            }
            None => merged.push(item.clone()),
        }
    }
    take_live_until(None, &mut merged);
    merged.into()
}

pub fn prune(shape: Shape, value: &mut Value, given_up: &FieldSet, owned: &FieldSet) {
    match (shape.structure(Some(value), None), value) {
        (Structure::Object, Value::Object(fields)) => fields.retain(|name, value| {
            survives(
                shape.child(name),
                value,
                &field_element(name),
                given_up,
                owned,
            )
        }),
        (Structure::Set, Value::Array(items)) => items.retain_mut(|item| {
            let element = value_element(item);
            survives(shape.item(), item, &element, given_up, owned)
        }),
        (Structure::Keyed(keys), Value::Array(items)) => items.retain_mut(|item| {
            let element = key_element(item, keys);
            survives(shape.item(), item, &element, given_up, owned)
        }),
        _ => {}
    }
}

fn survives(
    shape: Shape,
    value: &mut Value,
    element: &str,
    given_up: &FieldSet,
    owned: &FieldSet,
) -> bool {
    let Some(given_up) = given_up.child(element) else {
        return true;
    };
    let nothing = FieldSet::default();
    let owned = owned.child(element).unwrap_or(&nothing);
    if given_up.is_member() && owned.is_empty() {
        return false;
    }
    let had_parts = !is_hollow(value);
    prune(shape, value, given_up, owned);
    // What has lost its last part goes too, unless somebody owns it empty.
    !(had_parts && is_hollow(value) && owned.is_empty())
}

fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
