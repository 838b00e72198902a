//! JSON patch (RFC 6902).

use serde_json::Value;

/// Why a patch cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unapplicable {
    /// The patch itself makes no sense.
    #[error("{0}")]
    Malformed(String),
    /// The object is not as the patch expects.
    #[error("the server rejected our request due to an error in our request")]
    Mismatch,
}

/// Applies a patch; the target is of no use after an error.
pub fn apply(target: &mut Value, patch: &Value) -> Result<(), Unapplicable> {
    let operations = patch.as_array().ok_or_else(|| {
        Unapplicable::Malformed("a JSON patch is a list of operations".to_owned())
    })?;
    for operation in operations {
        step(target, operation)?;
    }
    Ok(())
}

fn step(target: &mut Value, operation: &Value) -> Result<(), Unapplicable> {
    let text = |field: &str| {
        operation.get(field).and_then(Value::as_str).ok_or_else(|| {
            Unapplicable::Malformed(format!("an operation of the JSON patch lacks \"{field}\""))
        })
    };
    let value = || {
        operation.get("value").cloned().ok_or_else(|| {
            Unapplicable::Malformed("an operation of the JSON patch lacks \"value\"".to_owned())
        })
    };
    let path = text("path")?;
    match text("op")? {
        "add" => add(target, path, value()?),
        "remove" => remove(target, path).map(drop),
        "replace" => {
            *target.pointer_mut(path).ok_or(Unapplicable::Mismatch)? = value()?;
            Ok(())
        }
        "move" => {
            let moved = remove(target, text("from")?)?;
            add(target, path, moved)
        }
        "copy" => {
            let copied = target
                .pointer(text("from")?)
                .cloned()
                .ok_or(Unapplicable::Mismatch)?;
            add(target, path, copied)
        }
        "test" => {
            let expected = value()?;
            let found = target.pointer(path).unwrap_or(&Value::Null);
            (*found == expected)
                .then_some(())
                .ok_or(Unapplicable::Mismatch)
        }
        other => Err(Unapplicable::Malformed(format!(
            "unknown operation \"{other}\" in the JSON patch"
        ))),
    }
}

/// The value that holds what a path names, and the last part of the path.
fn parent<'a>(target: &'a mut Value, path: &str) -> Result<(&'a mut Value, String), Unapplicable> {
    let (above, last) = path.rsplit_once('/').ok_or(Unapplicable::Mismatch)?;
    let last = last.replace("~1", "/").replace("~0", "~");
    let parent = target.pointer_mut(above).ok_or(Unapplicable::Mismatch)?;
    Ok((parent, last))
}

fn add(target: &mut Value, path: &str, value: Value) -> Result<(), Unapplicable> {
    if path.is_empty() {
        *target = value;
        return Ok(());
    }
    let (parent, last) = parent(target, path)?;
    match parent {
        Value::Object(fields) => {
            fields.insert(last, value);
        }
        Value::Array(items) if last == "-" => items.push(value),
        Value::Array(items) => {
            let at = index(&last, items.len() + 1)?;
            items.insert(at, value);
        }
        _ => return Err(Unapplicable::Mismatch),
    }
    Ok(())
}

fn remove(target: &mut Value, path: &str) -> Result<Value, Unapplicable> {
    let (parent, last) = parent(target, path)?;
    match parent {
        Value::Object(fields) => fields.remove(&last).ok_or(Unapplicable::Mismatch),
        Value::Array(items) => {
            let at = index(&last, items.len())?;
            Ok(items.remove(at))
        }
        _ => Err(Unapplicable::Mismatch),
    }
}

fn index(text: &str, end: usize) -> Result<usize, Unapplicable> {
    text.parse()
        .ok()
        .filter(|at| *at < end)
        .ok_or(Unapplicable::Mismatch)
}
