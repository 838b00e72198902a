//! Walking through objects with their types at hand.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::{Field, Items, Kind, Merge, TYPES, Type, named};

/// What is known about a place in an object, while walking through it.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    kind: &'static Kind,
    /// The field the value is in; items of lists and maps have none.
    field: Option<&'static Field>,
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Structure {
    Leaf,
    Object,
    Set,
    Keyed(&'static [&'static str]),
}

static ANY: Kind = Kind::Any;

impl Shape {
    /// The shape of a whole object of a type.
    pub fn of(root: &'static Type) -> Self {
        static ROOTS: LazyLock<HashMap<&'static str, Kind>> = LazyLock::new(|| {
            TYPES
                .keys()
                .map(|name| (*name, Kind::Struct(name)))
                .collect()
        });
        Self {
            kind: ROOTS.get(root.name).unwrap_or(&ANY),
            field: None,
        }
    }

    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    pub fn field(&self) -> Option<&'static Field> {
        self.field
    }

    /// The shape of a field or map entry. `kind` and `apiVersion` are fields of every object.
    pub fn child(&self, name: &str) -> Option<Self> {
        match self.kind {
            Kind::Struct(struct_name) => {
                let field = named(struct_name)?.field(name)?;
                Some(Self {
                    kind: &field.kind,
                    field: Some(field),
                })
            }
            Kind::Map(item) => Some(Self {
                kind: item,
                field: None,
            }),
            Kind::Any => Some(Self {
                kind: &ANY,
                field: None,
            }),
            _ => None,
        }
    }

    /// The shape of the items of a list.
    pub fn item(&self) -> Self {
        match self.kind {
            Kind::List(item) => Self {
                kind: item,
                field: None,
            },
            _ => Self {
                kind: &ANY,
                field: None,
            },
        }
    }

    pub fn structure(&self) -> Structure {
        if self.field.is_some_and(|f| f.atomic) {
            return Structure::Leaf;
        }
        match self.kind {
            Kind::Struct(name) if named(name).is_some_and(|t| !t.atomic) => Structure::Object,
            Kind::Map(_) => Structure::Object,
            Kind::List(_) => match self.field.map(|f| &f.items) {
                Some(Items::Set) => Structure::Set,
                Some(Items::By(keys)) => Structure::Keyed(keys),
                _ => Structure::Leaf,
            },
            _ => Structure::Leaf,
        }
    }

    pub fn merge(&self) -> Merge {
        self.field.map_or(Merge::Replace, |f| f.merge)
    }
}

/// The value of a key field of a list item; ports without a protocol are TCP ports.
pub fn key_value<'a>(item: &'a Value, key: &str) -> Option<&'a Value> {
    static TCP: LazyLock<Value> = LazyLock::new(|| "TCP".into());
    match item.get(key) {
        Some(value) => Some(value),
        None if key == "protocol" => Some(&TCP),
        None => None,
    }
}
