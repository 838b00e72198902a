//! Turns what a client sent into what the API keeps: known fields only, of the right types, zero values
//! written or left out as the API writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Field, Kind, Type, named, zero, zero_value};
use crate::kubernetes::object;
use crate::kubernetes::quantity::Quantity;

#[derive(Debug)]
pub struct Normalised {
    pub object: Value,
    /// Paths of the fields that the kind does not have.
    pub unknown: Vec<String>,
}

/// A value that its field cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    #[error(
        "json: cannot unmarshal {found} into Go struct field {owner}.{path} of type {expected}"
    )]
    Type {
        found: &'static str,
        owner: String,
        path: String,
        expected: &'static str,
    },
    #[error(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )]
    Quantity,
    /// The text is not base64.
    #[error("illegal base64 data at input byte {0}")]
    Base64(usize),
    #[error("parsing time \"{0}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse")]
    Time(String),
}

pub fn normalise(object: &Value, of: &'static Type) -> Result<Normalised, Misfit> {
    let mut walk = Walk::default();
    let mut kept = walk.structure(object, of, "")?;
    if let (Value::Object(kept), Value::Object(given)) = (&mut kept, object) {
        for field in ["kind", "apiVersion"] {
            if let Some(value) = given.get(field) {
                kept.insert(field.to_owned(), value.clone());
            }
        }
    }
    Ok(Normalised {
        object: kept,
        unknown: walk.unknown,
    })
}

#[derive(Default)]
struct Walk {
    unknown: Vec<String>,
    path: Vec<String>,
}

impl Walk {
    fn structure(
        &mut self,
        value: &Value,
        of: &'static Type,
        owner: &str,
    ) -> Result<Value, Misfit> {
        let Value::Object(given) = value else {
            return Err(self.misfit(value, owner, "object"));
        };
        let mut kept = Map::new();
        for (name, value) in given {
            let at_root = self.path.is_empty();
            let with_type = at_root || of.field("metadata").is_some();
            if with_type
                && matches!(name.as_str(), "kind" | "apiVersion")
                && of.field(name).is_none()
            {
                if !at_root {
                    kept.insert(name.clone(), value.clone());
                }
                continue;
            }
            self.path.push(name.clone());
            match of.field(name) {
                None => self.unknown.push(self.path()),
                Some(field) => {
                    if let Some(value) = self.field(value, field, of)? {
                        kept.insert(name.clone(), value);
                    }
                }
            }
            self.path.pop();
        }
        for (name, value) in zero(of) {
            kept.entry(name).or_insert(value);
        }
        Ok(kept.into())
    }

    fn field(
        &mut self,
        value: &Value,
        field: &'static Field,
        owner: &'static Type,
    ) -> Result<Option<Value>, Misfit> {
        if value.is_null() {
            return Ok(field.always.then(|| zero_value(field)));
        }
        let short = owner.name.rsplit('.').next().unwrap_or(owner.name);
        let value = self.value(value, &field.kind, short)?;
        let written = field.always || field.pointer || !is_zero(&value, &field.kind);
        Ok(written.then_some(value))
    }

    fn value(&mut self, value: &Value, kind: &'static Kind, owner: &str) -> Result<Value, Misfit> {
        let wrong = |expected| Err(self.misfit(value, owner, expected));
        Ok(match kind {
            Kind::Any => value.clone(),
            Kind::Text if value.is_string() => value.clone(),
            Kind::Text => return wrong("string"),
            Kind::Boolean if value.is_boolean() => value.clone(),
            Kind::Boolean => return wrong("bool"),
            Kind::Integer if value.is_i64() || value.is_u64() => value.clone(),
            Kind::Integer => return wrong("int32"),
            Kind::Number if value.is_number() => value.clone(),
            Kind::Number => return wrong("float64"),
            Kind::IntOrText if value.is_string() || value.is_i64() => value.clone(),
            Kind::IntOrText => return wrong("intstr.IntOrString"),
            Kind::Quantity => match value {
                Value::String(text) => quantity(text)?,
                Value::Number(number) => quantity(&number.to_string())?,
                _ => return wrong("resource.Quantity"),
            },
            Kind::Bytes => match value.as_str() {
                Some(text) => {
                    STANDARD
                        .decode(text)
                        .map_err(|_| Misfit::Base64(first_bad_byte(text)))?;
                    value.clone()
                }
                None => return wrong("[]uint8"),
            },
            Kind::Time | Kind::MicroTime => match value.as_str() {
                Some(text) => moment(text, matches!(kind, Kind::MicroTime))?,
                None => return wrong("v1.Time"),
            },
            Kind::Struct(name) => match named(name) {
                Some(of) => self.structure(value, of, owner)?,
                None => value.clone(),
            },
            Kind::List(item) => {
                let Some(items) = value.as_array() else {
                    return wrong("[]");
                };
                let mut kept = Vec::with_capacity(items.len());
                for (i, value) in items.iter().enumerate() {
                    self.path.push(format!("[{i}]"));
                    kept.push(self.element(value, item, owner)?);
                    self.path.pop();
                }
                kept.into()
            }
            Kind::Map(item) => {
                let Some(entries) = value.as_object() else {
                    return wrong("map[string]string");
                };
                let mut kept = Map::new();
                for (name, value) in entries {
                    self.path.push(name.clone());
                    kept.insert(name.clone(), self.element(value, item, owner)?);
                    self.path.pop();
                }
                kept.into()
            }
        })
    }

    fn element(
        &mut self,
        value: &Value,
        kind: &'static Kind,
        owner: &str,
    ) -> Result<Value, Misfit> {
        match (value, kind) {
            (Value::Null, Kind::Text | Kind::Bytes) => Ok("".into()),
            (Value::Null, Kind::Struct(name)) => {
                Ok(named(name).map_or(Value::Null, |t| zero(t).into()))
            }
            _ => self.value(value, kind, owner),
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for part in &self.path {
            if !path.is_empty() && !part.starts_with('[') {
                path.push('.');
            }
            path.push_str(part);
        }
        path
    }

    fn misfit(&self, value: &Value, owner: &str, expected: &'static str) -> Misfit {
        Misfit::Type {
            found: match value {
                Value::Null => "null",
                Value::Bool(_) => "bool",
                Value::Number(_) => "number",
                Value::String(_) => "string",
                Value::Array(_) => "array",
                Value::Object(_) => "object",
            },
            owner: owner.to_owned(),
            path: self.path(),
            expected,
        }
    }
}

/// Whether the API leaves out a value that is not behind a pointer.
fn is_zero(value: &Value, kind: &Kind) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(b) => !b,
        Value::Number(n) => n.as_i64() == Some(0) && !matches!(kind, Kind::IntOrText),
        Value::String(s) => s.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

fn quantity(text: &str) -> Result<Value, Misfit> {
    let quantity: Quantity = text.parse().map_err(|_| Misfit::Quantity)?;
    Ok(quantity.to_string().into())
}

fn moment(text: &str, micro: bool) -> Result<Value, Misfit> {
    let time = object::parse_time(text).ok_or_else(|| Misfit::Time(text.to_owned()))?;
    Ok(if micro {
        time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string().into()
    } else {
        object::format_time(time).into()
    })
}

fn first_bad_byte(text: &str) -> usize {
    text.bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')))
        .unwrap_or(text.len())
}
