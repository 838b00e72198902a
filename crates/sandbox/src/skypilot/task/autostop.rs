//! `autostop:`: when to stop or to take down by itself.

use serde_norway::Value;

use super::schema::{Kind, check_kind, invalid, shown};
use crate::skypilot::clusters::WaitFor;
use crate::skypilot::exception::Exception;
use crate::skypilot::python::repr;

const FIELDS: [&str; 5] = ["idle_minutes", "down", "wait_for", "hook", "hook_timeout"];

/// What a task wishes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AutostopWish {
    /// Negative: never.
    pub idle_minutes: i64,
    pub down: bool,
    pub wait_for: Option<WaitFor>,
}

/// A wish, or none.
pub fn read(value: &Value, prefix: &str) -> Result<Option<AutostopWish>, Exception> {
    let minutes = |idle_minutes| AutostopWish {
        idle_minutes,
        down: false,
        wait_for: None,
    };
    let not_valid = || {
        invalid(format!(
            "{prefix}{} is not valid under any of the given schemas. Check problematic field(s): $.autostop",
            shown(value)
        ))
    };
    let fields = match value {
        Value::Null => return Ok(None),
        Value::Bool(false) => return Ok(Some(minutes(-1))),
        Value::Bool(true) => return Ok(Some(minutes(0))),
        Value::Number(number) if number.is_i64() => return Ok(number.as_i64().map(minutes)),
        Value::String(text) => return time(text, prefix).map(|found| Some(minutes(found))),
        Value::Mapping(fields) => fields,
        _ => return Err(not_valid()),
    };
    let known = |key: &Value| key.as_str().is_some_and(|key| FIELDS.contains(&key));
    if !fields.keys().all(known) {
        return Err(not_valid());
    }
    let idle_minutes = match fields.get("idle_minutes") {
        None => 0,
        Some(value) => {
            check_kind(value, Kind::Integer, prefix, "$.autostop.idle_minutes")?;
            let minutes = value.as_i64().unwrap_or(i64::MAX);
            if minutes < 0 {
                return Err(invalid(format!(
                    "{prefix}{minutes} is less than the minimum of 0. Check problematic field(s): $.autostop.idle_minutes"
                )));
            }
            minutes
        }
    };
    if let Some(down) = fields.get("down") {
        check_kind(down, Kind::Boolean, prefix, "$.autostop.down")?;
    }
    let wait_for = match fields.get("wait_for") {
        None => None,
        Some(value) => {
            let found = value.as_str().and_then(WaitFor::named);
            Some(found.ok_or_else(|| {
                invalid(format!(
                    "{prefix}{} is not one of ['jobs_and_ssh', 'jobs', 'none']. Check problematic field(s): \
                     $.autostop.wait_for",
                    shown(value)
                ))
            })?)
        }
    };
    Ok(Some(AutostopWish {
        idle_minutes,
        down: fields.get("down") == Some(&Value::Bool(true)),
        wait_for,
    }))
}

/// `10`, `10m`, `2h`, `1d`, `1w`, in minutes.
fn time(text: &str, prefix: &str) -> Result<i64, Exception> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        "w" => 7 * 24 * 60,
        _ => 0,
    };
    let unsigned = digits.chars().all(|c| c.is_ascii_digit());
    let minutes = digits.parse::<i64>().ok();
    let minutes = minutes.filter(|_| factor > 0 && unsigned);
    minutes
        .map(|minutes| minutes.saturating_mul(factor))
        .ok_or_else(|| {
            invalid(format!(
                "{prefix}{} does not match '^[0-9]+(m|h|d|w|M|H|D|W)?$'. Check problematic field(s): $.autostop",
                repr(text)
            ))
        })
}
