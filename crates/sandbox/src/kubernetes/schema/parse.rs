//! Reading the tables.

use super::{Field, Items, Kind, Merge, Type};

pub(super) fn parse_type(block: &'static str) -> Option<Type> {
    let mut lines = block.trim().lines();
    let mut head = lines.next()?.split(' ');
    Some(Type {
        name: head.next()?,
        atomic: head.next() == Some("atomic"),
        fields: lines.filter_map(parse_field).collect(),
    })
}

fn parse_field(line: &'static str) -> Option<Field> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let kind = words.next()?;
    let mut field = Field {
        name,
        pointer: kind.starts_with('*'),
        kind: parse_kind(kind.trim_start_matches('*')),
        always: false,
        inline: false,
        atomic: false,
        items: Items::Atomic,
        merge: Merge::Replace,
        retain: false,
    };
    for mark in words {
        match mark.split_once(':') {
            None => match mark {
                "!" => field.always = true,
                "inline" => field.inline = true,
                "atomic" => field.atomic = true,
                "set" => field.items = Items::Set,
                "merge" => field.merge = Merge::Values,
                "retain" => field.retain = true,
                _ => {}
            },
            Some(("by", keys)) => field.items = Items::By(keys.split(',').collect()),
            Some(("merge", key)) => field.merge = Merge::By(key),
            Some(_) => {}
        }
    }
    Some(field)
}

fn parse_kind(text: &'static str) -> Kind {
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return Kind::List(Box::new(parse_kind(inner.trim_start_matches('*'))));
    }
    if let Some(inner) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        return Kind::Map(Box::new(parse_kind(inner.trim_start_matches('*'))));
    }
    match text {
        "str" => Kind::Text,
        "int" => Kind::Integer,
        "num" => Kind::Number,
        "bool" => Kind::Boolean,
        "bytes" => Kind::Bytes,
        "time" => Kind::Time,
        "micro" => Kind::MicroTime,
        "quantity" => Kind::Quantity,
        "intstr" => Kind::IntOrText,
        "any" => Kind::Any,
        name => Kind::Struct(name),
    }
}
