//! `accelerators:`, which can be written in many ways: `H100`, `H100:8`, `{H100: 8}`, `[H100:8, A100:8]`.

use serde_norway::Value;

use super::schema::{invalid, shown};
use crate::skypilot::catalog::accelerator_names;
use crate::skypilot::exception::Exception;
use crate::skypilot::python::{repr, repr_list};

/// Each accelerator that will do, with its count.
pub fn read(value: Option<&Value>) -> Result<Vec<(String, f64)>, Exception> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![parse(text)?]),
        Some(Value::Sequence(list)) => list
            .iter()
            .map(|item| match item {
                Value::String(text) => parse(text),
                other => Err(wrong(other)),
            })
            .collect(),
        Some(Value::Mapping(counts)) => counts
            .iter()
            .map(|(name, count)| {
                let name = name.as_str().ok_or_else(|| wrong(name))?;
                let count = match count {
                    Value::Null => 1.0,
                    count => count
                        .as_f64()
                        .ok_or_else(|| wrong_at(count, &format!("$.accelerators.{name}")))?,
                };
                counted(name, count)
            })
            .collect(),
        Some(other) => Err(wrong(other)),
    }
}

fn wrong(value: &Value) -> Exception {
    wrong_at(value, "$.accelerators")
}

fn wrong_at(value: &Value, path: &str) -> Exception {
    invalid(format!(
        "Invalid resources YAML: {} is not valid under any of the given schemas. Check problematic field(s): {path}",
        shown(value)
    ))
}

fn parse(text: &str) -> Result<(String, f64), Exception> {
    let malformed = || {
        Exception::value(format!(
            "The \"accelerators\" field as a str should be <name> or <name>:<cnt>. Found: {}",
            repr(text)
        ))
    };
    if text.matches(':').count() > 1 {
        // With more parts it is a maker, a size of memory and a count.
        return Err(Exception::new(
            "AssertionError",
            "If specifying a GPU manufacturer, you must alsospecify the memory size",
        ));
    }
    let (name, count) = match text.split_once(':') {
        None => (text, 1.0),
        Some((name, count)) => (name, count.trim().parse().map_err(|_| malformed())?),
    };
    counted(name.trim(), count)
}

fn counted(name: &str, count: f64) -> Result<(String, f64), Exception> {
    if count.is_nan() || count <= 0.0 {
        let count = if count.fract() == 0.0 {
            format!("{count:.0}")
        } else {
            format!("{count}")
        };
        return Err(Exception::value(format!(
            "Accelerator count must be a positive number. Got: {}: {count}.",
            repr(name)
        )));
    }
    Ok((canonical(name)?, count))
}

/// The name as the catalogue writes it. One that is not in the catalogue stays as it is: some cluster of somebody's might
/// have it.
fn canonical(name: &str) -> Result<String, Exception> {
    let names = accelerator_names();
    if let Some(exact) = names.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        return Ok((*exact).to_owned());
    }
    let lower = name.to_lowercase();
    let alike: Vec<_> = names
        .into_iter()
        .filter(|known| known.to_lowercase().contains(&lower))
        .collect();
    match alike.as_slice() {
        [] => Ok(name.to_owned()),
        [one] => Ok((*one).to_owned()),
        many => Err(Exception::value(format!(
            "Accelerator name {} is ambiguous. Please choose one of {}.",
            repr(name),
            repr_list(many.iter().copied())
        ))),
    }
}
