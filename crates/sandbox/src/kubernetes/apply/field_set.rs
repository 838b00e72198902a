//! Sets of fields, in the form that `metadata.managedFields` has them.
//!
//! A path is a row of elements as the API writes them: `f:NAME` a field or map entry, `k:{KEYS}` an item
//! of a keyed list, `v:VALUE` an item of a set.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::kubernetes::schema::key_value;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSet {
    member: bool,
    children: BTreeMap<String, FieldSet>,
}

pub fn field_element(name: &str) -> String {
    format!("f:{name}")
}

pub fn key_element(item: &Value, keys: &[&str]) -> String {
    let values = keys
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), key_value(item, key)?)));
    let keys: Map<String, Value> = values.collect();
    format!("k:{}", Value::Object(keys))
}

pub fn value_element(item: &Value) -> String {
    format!("v:{item}")
}

impl FieldSet {
    pub fn from_json(fields: &Value) -> Self {
        let mut set = Self::default();
        if let Value::Object(entries) = fields {
            for (element, below) in entries {
                if element == "." {
                    set.member = true;
                } else {
                    let mut child = Self::from_json(below);
                    // An empty object is a member without fields of its own.
                    child.member |= child.children.is_empty();
                    set.children.insert(element.clone(), child);
                }
            }
        }
        set
    }

    pub fn to_json(&self) -> Value {
        let mut entries = Map::new();
        for (element, child) in &self.children {
            let mut below = child.to_json();
            if let Value::Object(below) = &mut below
                && child.member
                && !child.children.is_empty()
            {
                below.insert(".".to_owned(), Value::Object(Map::new()));
            }
            entries.insert(element.clone(), below);
        }
        Value::Object(entries)
    }

    pub fn is_empty(&self) -> bool {
        !self.member && self.children.values().all(Self::is_empty)
    }

    pub fn insert(&mut self, path: &[String]) {
        match path {
            [] => self.member = true,
            [first, rest @ ..] => self.children.entry(first.clone()).or_default().insert(rest),
        }
    }

    pub fn unmark(&mut self, element: &str) {
        if let Some(child) = self.children.get_mut(element) {
            child.member = false;
            if child.is_empty() {
                self.children.remove(element);
            }
        }
    }

    pub fn child(&self, element: &str) -> Option<&Self> {
        self.children.get(element)
    }

    pub fn is_member(&self) -> bool {
        self.member
    }

    pub fn union(&self, other: &Self) -> Self {
        let mut set = self.clone();
        set.member |= other.member;
        for (element, child) in &other.children {
            let mine = set.children.entry(element.clone()).or_default();
            *mine = mine.union(child);
        }
        set
    }

    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine && theirs)
    }

    /// Fields in this set only.
    pub fn difference(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine && !theirs)
    }

    fn combine(&self, other: &Self, keep: fn(bool, bool) -> bool) -> Self {
        let nothing = Self::default();
        let children = self
            .children
            .iter()
            .map(|(element, child)| {
                let theirs = other.children.get(element).unwrap_or(&nothing);
                (element.clone(), child.combine(theirs, keep))
            })
            .filter(|(_, child)| !child.is_empty())
            .collect();
        Self {
            member: keep(self.member, other.member),
            children,
        }
    }

    /// The paths of all members, as refusals name them: `.spec.containers[name="a"].image`.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect("", &mut paths);
        paths
    }

    fn collect(&self, path: &str, paths: &mut Vec<String>) {
        if self.member && !path.is_empty() {
            paths.push(path.to_owned());
        }
        for (element, child) in &self.children {
            child.collect(&format!("{path}{}", shown(element)), paths);
        }
    }
}

fn shown(element: &str) -> String {
    if let Some(name) = element.strip_prefix("f:") {
        return format!(".{name}");
    }
    if let Some(value) = element.strip_prefix("v:") {
        return format!("[={value}]");
    }
    let keys = element.strip_prefix("k:").unwrap_or(element);
    match serde_json::from_str::<Map<String, Value>>(keys) {
        Ok(keys) => {
            let parts: Vec<String> = keys.iter().map(|(k, v)| format!("{k}={v}")).collect();
            format!("[{}]", parts.join(","))
        }
        Err(_) => format!("[{keys}]"),
    }
}
