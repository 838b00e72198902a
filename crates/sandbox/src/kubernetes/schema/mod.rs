//! The fields of every kind: their types and how lists merge.
//!
//! A real API server has this from its Go types. Here it is a table per API group (the text files beside
//! this one), from which unknown fields are found, zero values filled in, patches merged and field
//! ownership worked out.
//!
//! Each block of a table is a type: its name, then a line per field with its name, type and marks. Types are `str int num bool bytes time micro quantity intstr any`, the name
//! of another block, `[T]` for lists and `{T}` for maps; `*` marks a pointer, whose zero value is kept.
//! Marks: `!` always written, `by:KEYS` list of objects told apart by keys, `set` list of distinct values,
//! `merge:KEY` and `merge` lists that a strategic merge patch merges, `retain` unions that such a patch
//! switches, `atomic` replaced as a whole, `inline` fields that belong to the surrounding object in JSON.

pub mod normalise;
mod parse;
mod shape;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

pub use shape::{Shape, Structure, key_value};

const TABLES: [&str; 13] = [
    include_str!("apps.txt"),
    include_str!("authentication.txt"),
    include_str!("authorization.txt"),
    include_str!("autoscaling.txt"),
    include_str!("coordination.txt"),
    include_str!("core.txt"),
    include_str!("discovery.txt"),
    include_str!("events.txt"),
    include_str!("meta.txt"),
    include_str!("networking.txt"),
    include_str!("rbac.txt"),
    include_str!("scheduling.txt"),
    include_str!("storage.txt"),
];

fn table_of(group: &str) -> &str {
    match group {
        "" => "core",
        _ => group.split('.').next().unwrap_or(group),
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    /// Bytes, base64 in JSON.
    Bytes,
    /// A moment with whole seconds.
    Time,
    /// A moment with microseconds.
    MicroTime,
    Quantity,
    IntOrText,
    Any,
    Struct(&'static str),
    List(Box<Kind>),
    Map(Box<Kind>),
}

/// How the items of a list are told apart when ownership is tracked.
#[derive(Debug, PartialEq, Eq)]
pub enum Items {
    /// Not at all: the list has one owner.
    Atomic,
    Set,
    By(Vec<&'static str>),
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Merge {
    Replace,
    Values,
    By(&'static str),
}

#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether its zero value differs from its absence.
    pub pointer: bool,
    /// Whether it is written even when it has its zero value.
    pub always: bool,
    pub inline: bool,
    pub atomic: bool,
    pub items: Items,
    pub merge: Merge,
    /// Whether a strategic merge patch may drop what it does not name (`$retainKeys`).
    pub retain: bool,
}

#[derive(Debug)]
pub struct Type {
    pub name: &'static str,
    pub atomic: bool,
    pub fields: Vec<Field>,
}

impl Type {
    pub fn field(&'static self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find_map(|field| {
            if !field.inline {
                return (field.name == name).then_some(field);
            }
            match field.kind {
                Kind::Struct(inner) => named(inner)?.field(name),
                _ => None,
            }
        })
    }

    pub fn json_fields(&'static self) -> Vec<&'static Field> {
        let mut fields = Vec::new();
        for field in &self.fields {
            match field.kind {
                Kind::Struct(inner) if field.inline => {
                    fields.extend(named(inner).map(Type::json_fields).unwrap_or_default());
                }
                _ => fields.push(field),
            }
        }
        fields
    }
}

static TYPES: LazyLock<HashMap<&'static str, Type>> = LazyLock::new(|| {
    TABLES
        .iter()
        .flat_map(|table| table.split("\n\n"))
        .filter_map(parse::parse_type)
        .map(|t| (t.name, t))
        .collect()
});

pub fn named(name: &str) -> Option<&'static Type> {
    TYPES.get(name)
}

pub fn of_kind(group: &str, kind: &str) -> Option<&'static Type> {
    named(&format!("{}.{kind}", table_of(group)))
}

/// What an object of a type looks like when nothing is set: fields that are always written.
pub fn zero(of: &'static Type) -> Map<String, Value> {
    of.json_fields()
        .into_iter()
        .filter(|f| f.always)
        .map(|f| (f.name.to_owned(), zero_value(f)))
        .collect()
}

fn zero_value(field: &'static Field) -> Value {
    if field.pointer {
        return Value::Null;
    }
    match &field.kind {
        Kind::Text => "".into(),
        Kind::Quantity => "0".into(),
        Kind::Integer | Kind::Number | Kind::IntOrText => 0.into(),
        Kind::Boolean => false.into(),
        Kind::Struct(name) => named(name).map_or(Value::Null, |t| zero(t).into()),
        Kind::Bytes | Kind::Time | Kind::MicroTime | Kind::Any | Kind::List(_) | Kind::Map(_) => {
            Value::Null
        }
    }
}
