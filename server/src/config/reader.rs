//! Reads the values of the file and of the environment by the type of each setting. A variable has no type of its own: the
//! same characters are text to one setting and a number to another.

use super::{fault::Faults, one_line};
use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, Error as _, Expected, IntoDeserializer, Unexpected, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use std::{collections::BTreeMap, ffi::OsString, fmt};

const PREFIX: &str = "hangar__";

/// A value, and whether the file or a variable sets it.
pub enum Value {
    Table(BTreeMap<String, Value>),
    List(Vec<Value>),
    /// In the file.
    Scalar(toml::Value),
    /// In a variable.
    Variable(String),
}

impl From<toml::Value> for Value {
    fn from(value: toml::Value) -> Self {
        match value {
            toml::Value::Table(table) => {
                let entries = table.into_iter();
                Self::Table(entries.map(|(key, value)| (key, value.into())).collect())
            }
            toml::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            scalar => Self::Scalar(scalar),
        }
    }
}

impl Value {
    /// Parses a TOML file. The error names the line without quoting it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let table = text.parse::<toml::Table>().map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(0, |text| text.matches('\n').count()) + 1;
            format!("line {line}: {}", error.message())
        })?;
        Ok(toml::Value::Table(table).into())
    }

    /// Sets the variables `HANGAR__A__B` as `a.b`.
    pub fn overlay(
        &mut self,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        faults: &mut Faults,
    ) {
        for (name, value) in variables {
            // Names that are not UTF-8 are not ours.
            let name = name.to_string_lossy().to_lowercase();
            let Some(path) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let key = path.replace("__", ".");
            match value.into_string() {
                Err(_) => faults.add(key, "is not UTF-8"),
                Ok(value) => {
                    if let Err(rule) = self.set(path.split("__"), value) {
                        faults.add(key, rule);
                    }
                }
            }
        }
    }

    fn set<'a>(
        &mut self,
        mut path: impl Iterator<Item = &'a str>,
        value: String,
    ) -> Result<(), &'static str> {
        let Some(name) = path.next() else {
            if matches!(self, Self::Variable(_)) {
                return Err("is set by two variables whose names differ in case; remove one");
            }
            *self = Self::Variable(value);
            return Ok(());
        };
        let Self::Table(entries) = self else {
            return Err("is below a key that has a value; remove one of the two");
        };
        let below = entries
            .entry(name.to_owned())
            .or_insert_with(|| Self::Table(BTreeMap::new()));
        below.set(path, value)
    }

    /// Reads everything. The error is the key and the rule that its value breaks; it never contains the value.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, (String, String)> {
        serde_path_to_error::deserialize(self).map_err(|error| {
            let key = error.path().to_string();
            let key = if key == "." { String::new() } else { key };
            (key, error.into_inner().0)
        })
    }

    fn text(self) -> Result<String, Rule> {
        match self {
            Self::Scalar(toml::Value::String(text)) | Self::Variable(text) => {
                one_line(&text).map(str::to_owned).map_err(Rule::custom)
            }
            Self::Scalar(_) => Err(Rule::custom("must be text in quotes")),
            Self::Table(_) | Self::List(_) => Err(Rule::custom("must be a single value")),
        }
    }

    fn whole_number(self, largest: u64) -> Result<u64, Rule> {
        let number = match self {
            Self::Scalar(toml::Value::Integer(number)) => u64::try_from(number).ok(),
            // As the file would write it: no sign, no leading zero.
            Self::Variable(_) => {
                let text = self.text()?;
                let number = text.parse::<u64>().ok();
                number.filter(|number| number.to_string() == text)
            }
            _ => None,
        };
        number
            .filter(|number| *number <= largest)
            .ok_or_else(|| Rule(format!("must be a whole number from 0 to {largest}")))
    }

    /// The items; those of a variable are separated by commas.
    fn items(self) -> Result<Vec<Self>, Rule> {
        match self {
            Self::List(items) => Ok(items),
            Self::Variable(_) => {
                let text = self.text()?;
                if text.starts_with('[') {
                    return Err(Rule::custom(
                        "must be a list separated by commas without brackets and quotes",
                    ));
                }
                let items = text.split(',').map(|item| item.trim().to_owned());
                Ok(match text.trim() {
                    "" => Vec::new(),
                    _ => items.map(Self::Variable).collect(),
                })
            }
            _ => Err(Rule::custom("must be a list: [\"…\", \"…\"]")),
        }
    }
}

/// What is wrong with a value.
#[derive(Debug)]
pub struct Rule(String);

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Rule {}

/// Says what is expected, not what was found: it may be a secret at the wrong place.
impl de::Error for Rule {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("must be {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("must be {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(format!("must be one of {}", expected.join(", ")))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self(format!(
            "`{field}` is not a key here; the keys are {}",
            expected.join(", ")
        ))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!("`{field}` is missing"))
    }
}

impl IntoDeserializer<'_, Rule> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Rule;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        match self {
            Self::Table(_) => self.deserialize_map(visitor),
            Self::List(_) => self.deserialize_seq(visitor),
            Self::Scalar(toml::Value::Boolean(value)) => visitor.visit_bool(value),
            Self::Scalar(toml::Value::Integer(value)) => visitor.visit_i64(value),
            Self::Scalar(toml::Value::Float(value)) => visitor.visit_f64(value),
            _ => visitor.visit_string(self.text()?),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        let value = match self {
            Self::Scalar(toml::Value::Boolean(value)) => Some(value),
            Self::Variable(_) => self.text()?.parse().ok(),
            _ => None,
        };
        visitor.visit_bool(value.ok_or_else(|| Rule::custom("must be true or false"))?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        visitor.visit_u64(self.whole_number(u16::MAX.into())?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        visitor.visit_u64(self.whole_number(u32::MAX.into())?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        visitor.visit_u64(self.whole_number(u64::MAX)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Rule> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Rule> {
        visitor.visit_enum(self.text()?.into_deserializer())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        visitor.visit_seq(SeqDeserializer::new(self.items()?.into_iter()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Rule> {
        match self {
            Self::Table(entries) => visitor.visit_map(MapDeserializer::new(entries.into_iter())),
            Self::Variable(_) => Err(Rule::custom(
                "has keys of its own; set those, or write it in the file",
            )),
            _ => Err(Rule::custom("must be a section with keys of its own")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Rule> {
        self.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}
