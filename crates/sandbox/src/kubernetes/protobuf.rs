//! Reading objects in protobuf, which `kubectl create` and `kubectl auth can-i` send.
//!
//! Such a body is an envelope that names the kind, with the object's message inside. Which numbers the
//! fields have is in the schema tables.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::object;
use super::schema::{self, Field, Kind, Type};

/// What every such body starts with.
const MAGIC: &[u8] = b"k8s\0";
/// Messages nest no deeper than this in any kind there is.
const MAX_DEPTH: usize = 64;

/// A body that is no object in protobuf.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It does not start as one.
    #[error("the body does not start with the four bytes that mark an object in protobuf")]
    Magic,
    /// It ends too early or is no message.
    #[error("the message is cut off or malformed")]
    Malformed,
    /// It is of a kind that cannot be read.
    #[error("objects of kind \"{0}\" cannot be read as protobuf")]
    Kind(String),
}

/// The object in a body.
pub fn decode(body: &[u8]) -> Result<Value, DecodeError> {
    let envelope = body.strip_prefix(MAGIC).ok_or(DecodeError::Magic)?;
    let (mut type_meta, mut raw): (&[u8], &[u8]) = (&[], &[]);
    for part in Parts(envelope) {
        match part? {
            (1, Part::Bytes(bytes)) => type_meta = bytes,
            (2, Part::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let (mut api_version, mut kind) = (String::new(), String::new());
    for part in Parts(type_meta) {
        match part? {
            (1, Part::Bytes(bytes)) => api_version = text(bytes)?,
            (2, Part::Bytes(bytes)) => kind = text(bytes)?,
            _ => {}
        }
    }
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    let of = match kind.as_str() {
        "DeleteOptions" => schema::named("meta.DeleteOptions"),
        _ => schema::of_kind(group, &kind),
    }
    .ok_or_else(|| DecodeError::Kind(kind.clone()))?;
    let mut fields = message(of, raw, 0)?;
    fields.insert("apiVersion".to_owned(), api_version.into());
    fields.insert("kind".to_owned(), kind.into());
    Ok(fields.into())
}

/// A field's value as it is on the wire.
enum Part<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Double(f64),
}

/// The fields of a message, with their numbers.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(DecodeError::Malformed)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::Malformed)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (bytes, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(DecodeError::Malformed)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn part(&mut self) -> Result<(u32, Part<'a>), DecodeError> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).map_err(|_| DecodeError::Malformed)?;
        let part = match tag & 7 {
            0 => Part::Number(self.varint()?),
            1 => {
                let bytes = self
                    .take(8)?
                    .try_into()
                    .map_err(|_| DecodeError::Malformed)?;
                Part::Double(f64::from_le_bytes(bytes))
            }
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| DecodeError::Malformed)?;
                Part::Bytes(self.take(length)?)
            }
            5 => {
                let bytes = self
                    .take(4)?
                    .try_into()
                    .map_err(|_| DecodeError::Malformed)?;
                Part::Number(u64::from(u32::from_le_bytes(bytes)))
            }
            _ => return Err(DecodeError::Malformed),
        };
        Ok((number, part))
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Result<(u32, Part<'a>), DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let part = self.part();
        if part.is_err() {
            self.0 = &[];
        }
        Some(part)
    }
}

fn text(bytes: &[u8]) -> Result<String, DecodeError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| DecodeError::Malformed)
}

fn message(
    of: &'static Type,
    bytes: &[u8],
    depth: usize,
) -> Result<Map<String, Value>, DecodeError> {
    if depth > MAX_DEPTH {
        return Err(DecodeError::Malformed);
    }
    let mut fields = Map::new();
    for part in Parts(bytes) {
        let (number, part) = part?;
        // Fields of later versions are skipped, as real servers do.
        let Some(field) = of.numbered(number) else {
            continue;
        };
        if field.inline {
            if let (Kind::Struct(inner), Part::Bytes(bytes)) = (&field.kind, &part)
                && let Some(inner) = schema::named(inner)
            {
                fields.extend(message(inner, bytes, depth + 1)?);
            }
            continue;
        }
        add(&mut fields, field, part, depth)?;
    }
    Ok(fields)
}

fn add(
    fields: &mut Map<String, Value>,
    field: &'static Field,
    part: Part<'_>,
    depth: usize,
) -> Result<(), DecodeError> {
    match &field.kind {
        Kind::List(item) => {
            let value = scalar(item, &part, depth)?;
            if let Value::Array(items) = fields
                .entry(field.name)
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                items.push(value);
            }
        }
        Kind::Map(item) => {
            let Part::Bytes(entry) = part else {
                return Err(DecodeError::Malformed);
            };
            let (mut key, mut value) = (String::new(), empty(item));
            for part in Parts(entry) {
                match part? {
                    (1, Part::Bytes(bytes)) => key = text(bytes)?,
                    (2, part) => value = scalar(item, &part, depth)?,
                    _ => {}
                }
            }
            if let Value::Object(map) = fields
                .entry(field.name)
                .or_insert_with(|| Value::Object(Map::new()))
            {
                map.insert(key, value);
            }
        }
        kind => {
            let value = scalar(kind, &part, depth)?;
            // Written zero values of fields that are no pointers say nothing.
            let says_nothing = !field.pointer && (value == "" || value == 0 || value == false);
            if !says_nothing && !value.is_null() {
                fields.insert(field.name.to_owned(), value);
            }
        }
    }
    Ok(())
}

fn empty(kind: &Kind) -> Value {
    match kind {
        Kind::Text | Kind::Bytes => "".into(),
        Kind::Quantity => "0".into(),
        _ => Value::Null,
    }
}

fn scalar(kind: &'static Kind, part: &Part<'_>, depth: usize) -> Result<Value, DecodeError> {
    Ok(match (kind, part) {
        (Kind::Text, Part::Bytes(bytes)) => text(bytes)?.into(),
        (Kind::Boolean, Part::Number(number)) => (*number != 0).into(),
        // Negative numbers are sent as 64 bits of two's complement.
        (Kind::Integer, Part::Number(number)) => number.cast_signed().into(),
        (Kind::Number, Part::Double(number)) => json!(number),
        (Kind::Bytes, Part::Bytes(bytes)) => STANDARD.encode(bytes).into(),
        (Kind::Time | Kind::MicroTime, Part::Bytes(bytes)) => time(bytes)?,
        (Kind::Quantity, Part::Bytes(bytes)) => first_text(bytes)?.into(),
        (Kind::IntOrText, Part::Bytes(bytes)) => int_or_text(bytes)?,
        (Kind::Struct(name), Part::Bytes(bytes)) => {
            let of = schema::named(name).ok_or_else(|| DecodeError::Kind((*name).to_owned()))?;
            message(of, bytes, depth + 1)?.into()
        }
        // Raw JSON in a message of its own.
        (Kind::Any, Part::Bytes(bytes)) => {
            serde_json::from_str(&first_text(bytes)?).unwrap_or(Value::Null)
        }
        // A list in a map, such as the extra attributes of a user.
        (Kind::List(item), Part::Bytes(bytes)) => {
            let mut items = Vec::new();
            for inner in Parts(bytes) {
                items.push(scalar(item, &inner?.1, depth)?);
            }
            items.into()
        }
        _ => return Err(DecodeError::Malformed),
    })
}

/// The text in the first field of a message.
fn first_text(bytes: &[u8]) -> Result<String, DecodeError> {
    for part in Parts(bytes) {
        if let (1, Part::Bytes(bytes)) = part? {
            return text(bytes);
        }
    }
    Ok(String::new())
}

fn time(bytes: &[u8]) -> Result<Value, DecodeError> {
    let (mut seconds, mut nanoseconds) = (0, 0);
    for part in Parts(bytes) {
        match part? {
            (1, Part::Number(number)) => seconds = number.cast_signed(),
            (2, Part::Number(number)) => nanoseconds = i32::try_from(number).unwrap_or(0),
            _ => {}
        }
    }
    // The zero moment means none.
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    Timestamp::new(seconds, nanoseconds)
        .map(|time| object::format_time(time).into())
        .map_err(|_| DecodeError::Malformed)
}

fn int_or_text(bytes: &[u8]) -> Result<Value, DecodeError> {
    let (mut is_text, mut number, mut words) = (false, 0, String::new());
    for part in Parts(bytes) {
        match part? {
            (1, Part::Number(kind)) => is_text = kind == 1,
            (2, Part::Number(value)) => number = value.cast_signed(),
            (3, Part::Bytes(bytes)) => words = text(bytes)?,
            _ => {}
        }
    }
    Ok(if is_text { words.into() } else { number.into() })
}
