//! Which fields a task may have and of which types, as far as the sandbox reads them.

use serde_norway::{Mapping, Value};

use crate::skypilot::exception::Exception;
use crate::skypilot::python::repr;

const TASK: [&str; 21] = [
    "name",
    "workdir",
    "event_callback",
    "num_nodes",
    "resources",
    "file_mounts",
    "service",
    "pool",
    "setup",
    "run",
    "envs",
    "secrets",
    "managed_secrets",
    "inputs",
    "outputs",
    "file_mounts_mapping",
    "config",
    "volumes",
    "volume_mounts",
    "api_server_access",
    "_metadata",
];

/// Fields of resources; `any_of` and `ordered` only at the top.
pub const RESOURCES: [&str; 26] = [
    "cloud",
    "region",
    "zone",
    "infra",
    "cpus",
    "memory",
    "accelerators",
    "instance_type",
    "use_spot",
    "job_recovery",
    "volumes",
    "disk_size",
    "ephemeral_storage",
    "disk_tier",
    "network_tier",
    "local_disk",
    "max_hourly_cost",
    "ports",
    "labels",
    "accelerator_args",
    "image_id",
    "autostop",
    "priority",
    "priority_class",
    "any_of",
    "ordered",
];

/// What a value may be.
#[derive(Clone, Copy)]
pub enum Kind {
    Text,
    Integer,
    Boolean,
    Number,
    Mapping,
    List,
    TextOrNumber,
    TextOrInteger,
}

impl Kind {
    fn holds(self, value: &Value) -> bool {
        let is_integer = value.as_i64().is_some() || value.as_u64().is_some();
        match self {
            Self::Text => value.is_string(),
            Self::Integer => is_integer,
            Self::Boolean => value.is_bool(),
            Self::Number => value.is_number(),
            Self::Mapping => value.is_mapping(),
            Self::List => value.is_sequence(),
            Self::TextOrNumber => value.is_string() || value.is_number(),
            Self::TextOrInteger => value.is_string() || is_integer,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text | Self::TextOrNumber | Self::TextOrInteger => "string",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Mapping => "dict",
            Self::List => "array",
        }
    }
}

/// Checks a task's fields; its resources are checked by themselves.
pub fn check_task(config: &Mapping) -> Result<(), Exception> {
    check_fields(config, &TASK, "Invalid task YAML: ")?;
    for (field, kind) in [
        ("name", Kind::Text),
        ("num_nodes", Kind::Integer),
        ("setup", Kind::Text),
        ("run", Kind::Text),
        ("file_mounts", Kind::Mapping),
        ("envs", Kind::Mapping),
        ("service", Kind::Mapping),
        ("resources", Kind::Mapping),
    ] {
        match config.get(field) {
            None => {}
            Some(Value::Null) if matches!(field, "resources") => {}
            Some(value) => check_kind(value, kind, "Invalid task YAML: ", &format!("$.{field}"))?,
        }
    }
    Ok(())
}

/// Whether a value is of a kind; `path` is where it stands.
pub fn check_kind(value: &Value, kind: Kind, prefix: &str, path: &str) -> Result<(), Exception> {
    if kind.holds(value) {
        return Ok(());
    }
    Err(invalid(format!(
        "{prefix}{} is not of type '{}'. Check problematic field(s): {path}",
        shown(value),
        kind.name()
    )))
}

/// Whether all fields are known.
pub fn check_fields(config: &Mapping, known: &[&str], prefix: &str) -> Result<(), Exception> {
    let unknown: Vec<_> = config
        .keys()
        .map(|key| key.as_str().map_or_else(|| shown(key), str::to_owned))
        .filter(|key| !known.contains(&key.as_str()))
        .map(|key| match close_to(&key, known) {
            Some(similar) => {
                format!("Instead of {}, did you mean {}?", repr(&key), repr(similar))
            }
            None => format!("Found unsupported field {}.", repr(&key)),
        })
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(invalid(format!("{prefix}{}", unknown.join(" "))))
}

/// What Python calls a value's type.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Sequence(_) => "list",
        Value::Mapping(_) => "dict",
        Value::Tagged(tagged) => type_name(&tagged.value),
    }
}

/// The error of everything that breaks the schema.
pub fn invalid(message: String) -> Exception {
    Exception::new("InvalidSkyPilotConfigError", message)
}

/// A value as Python shows it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => repr(text),
        Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(key, value)| format!("{}: {}", shown(key), shown(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Tagged(tagged) => shown(&tagged.value),
    }
}

/// The known name that is most like the given one, if it is at least 0.6 like it by Ratcliff and Obershelp's measure.
fn close_to<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let given: Vec<char> = name.chars().collect();
    known
        .iter()
        .map(|candidate| {
            let other: Vec<char> = candidate.chars().collect();
            let total = given.len() + other.len();
            (
                2 * matching(&given, &other) * 1000 / total.max(1),
                *candidate,
            )
        })
        .filter(|(likeness, _)| *likeness >= 600)
        .max()
        .map(|(_, candidate)| candidate)
}

/// How many characters match: the longest common part, and then left and right of it.
fn matching(a: &[char], b: &[char]) -> usize {
    let (mut best, mut at_a, mut at_b) = (0, 0, 0);
    for i in 0..a.len() {
        for j in 0..b.len() {
            let same = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y);
            let length = same.count();
            if length > best {
                (best, at_a, at_b) = (length, i, j);
            }
        }
    }
    if best == 0 {
        return 0;
    }
    best + matching(&a[..at_a], &b[..at_b]) + matching(&a[at_a + best..], &b[at_b + best..])
}
