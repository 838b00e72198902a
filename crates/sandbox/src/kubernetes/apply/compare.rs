//! Which fields an object has, and in which two versions of an object differ.

use std::collections::BTreeMap;

use serde_json::Value;

use super::field_set::{FieldSet, field_element, key_element, value_element};
use crate::kubernetes::schema::{Shape, Structure};

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Fields that only the new one has.
    pub added: FieldSet,
    /// Fields that only the old one has.
    pub removed: FieldSet,
    pub modified: FieldSet,
}

pub fn compare(old: &Value, new: &Value) -> Comparison {
    let mut comparison = Comparison::default();
    let (whole, mut path) = (Shape::default(), Vec::new());
    walk(whole, Some(old), Some(new), &mut path, &mut comparison);
    comparison
}

fn walk(
    shape: Shape,
    old: Option<&Value>,
    new: Option<&Value>,
    path: &mut Vec<String>,
    comparison: &mut Comparison,
) {
    let structure = shape.structure(old, new);
    if structure != Structure::Leaf && !(empty(old) && empty(new)) {
        for (element, (shape, old, new)) in pairs(shape, structure, old, new) {
            path.push(element);
            walk(shape, old, new, path, comparison);
            path.pop();
        }
    } else if old.is_some() && new.is_some() && old != new {
        comparison.modified.insert(path);
    }
    match (old, new) {
        (None, Some(_)) => comparison.added.insert(path),
        (Some(_), None) => comparison.removed.insert(path),
        _ => {}
    }
}

fn empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(fields)) => fields.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    }
}

type Pairs<'a> = BTreeMap<String, (Shape, Option<&'a Value>, Option<&'a Value>)>;

fn pairs<'a>(
    shape: Shape,
    structure: Structure,
    old: Option<&'a Value>,
    new: Option<&'a Value>,
) -> Pairs<'a> {
    let mut pairs = Pairs::new();
    for (element, shape, value) in parts(shape, structure, old) {
        pairs.insert(element, (shape, Some(value), None));
    }
    for (element, shape, value) in parts(shape, structure, new) {
        pairs.entry(element).or_insert((shape, None, None)).2 = Some(value);
    }
    pairs
}

fn parts(
    shape: Shape,
    structure: Structure,
    value: Option<&Value>,
) -> Vec<(String, Shape, &Value)> {
    match (structure, value) {
        (Structure::Object, Some(Value::Object(fields))) => fields
            .iter()
            .map(|(name, value)| (field_element(name), shape.child(name), value))
            .collect(),
        (Structure::Set, Some(Value::Array(items))) => items
            .iter()
            .map(|item| (value_element(item), shape.item(), item))
            .collect(),
        (Structure::Keyed(keys), Some(Value::Array(items))) => items
            .iter()
            .map(|item| (key_element(item, keys), shape.item(), item))
            .collect(),
        _ => Vec::new(),
    }
}

pub fn fields_of(object: &Value) -> FieldSet {
    let mut set = FieldSet::default();
    collect(Shape::default(), object, &mut Vec::new(), &mut set);
    set
}

fn collect(shape: Shape, value: &Value, path: &mut Vec<String>, set: &mut FieldSet) {
    let structure = shape.structure(Some(value), None);
    if structure == Structure::Leaf || value.is_null() {
        set.insert(path);
        return;
    }
    let in_list = structure != Structure::Object;
    if !in_list && empty(Some(value)) {
        set.insert(path);
    }
    for (element, shape, value) in parts(shape, structure, Some(value)) {
        path.push(element);
        if in_list {
            set.insert(path);
        }
        collect(shape, value, path, set);
        path.pop();
    }
}
