//! What stands in the cells of tables.

mod access;
mod events;
mod nodes;
mod pods;
mod services;
mod storage;
mod workloads;

use jiff::Timestamp;
use serde_json::Value;

use crate::kubernetes::object;

pub use access::*;
pub use events::*;
pub use nodes::*;
pub use pods::*;
pub use services::*;
pub use storage::*;
pub use workloads::*;

const NONE: &str = "<none>";

const UNKNOWN: &str = "<unknown>";

fn get<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn int(object: &Value, pointer: &str) -> i64 {
    object.pointer(pointer).and_then(Value::as_i64).unwrap_or(0)
}

fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object::items(object.pointer(pointer))
}

fn joined(parts: Vec<String>, otherwise: &str) -> Value {
    if parts.is_empty() {
        otherwise.into()
    } else {
        parts.join(",").into()
    }
}

pub fn text(object: &Value, pointer: &str) -> Value {
    get(object, pointer).into()
}

pub fn or_none(object: &Value, pointer: &str) -> Value {
    or(get(object, pointer), NONE)
}

pub fn or_unset(object: &Value, pointer: &str) -> Value {
    or(get(object, pointer), "<unset>")
}

fn or(text: &str, otherwise: &str) -> Value {
    if text.is_empty() { otherwise } else { text }.into()
}

pub fn number(object: &Value, pointer: &str) -> Value {
    int(object, pointer).into()
}

/// How many entries a map or list has.
pub fn count(object: &Value, pointer: &str) -> Value {
    match object.pointer(pointer) {
        Some(Value::Object(fields)) => fields.len(),
        Some(Value::Array(items)) => items.len(),
        _ => 0,
    }
    .into()
}

pub fn name(object: &Value) -> Value {
    object::name(object).into()
}

pub fn created(object: &Value) -> Value {
    object::metadata(object, "creationTimestamp").into()
}

pub fn age(object: &Value) -> Value {
    since(object::metadata(object, "creationTimestamp"))
}

fn since(moment: &str) -> Value {
    match object::parse_time(moment) {
        None => UNKNOWN.into(),
        Some(time) => {
            let seconds = Timestamp::now().as_second() - time.as_second();
            span(seconds.max(0)).into()
        }
    }
}

/// A span of time in one or two units, coarser the longer it is.
fn span(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |big: i64, unit: &str, small: i64, small_unit: &str| {
        if small == 0 {
            format!("{big}{unit}")
        } else {
            format!("{big}{unit}{small}{small_unit}")
        }
    };
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 => two(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two(days, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => two(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

pub fn phase(object: &Value) -> Value {
    if object::kind(object) != "Namespace" && object::is_terminating(object) {
        return "Terminating".into();
    }
    text(object, "/status/phase")
}

fn condition<'a>(object: &'a Value, kind: &str) -> &'a str {
    list(object, "/status/conditions")
        .iter()
        .find(|c| get(c, "/type") == kind)
        .map_or("", |c| get(c, "/status"))
}

fn pairs(map: Option<&Value>) -> Value {
    let pairs = map
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    joined(pairs, NONE)
}
