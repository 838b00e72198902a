//! YAML, with its errors in PyYAML's words. Both parsers come from libyaml and say the same things in another order.

use serde::Deserialize as _;
use serde_norway::{Deserializer, Value};

use crate::skypilot::exception::Exception;

/// The documents in a text. Unlike PyYAML it takes no field twice in one mapping and no alias within its own anchor, and
/// it passes over tags of Python's objects, which PyYAML refuses.
pub fn documents(text: &str) -> Result<Vec<Value>, Exception> {
    Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).map_err(|error| exception(&error.to_string())))
        .collect()
}

/// From `problem at line 2 column 1, context at line 1 column 12`.
fn exception(message: &str) -> Exception {
    let parts: Vec<_> = message.splitn(2, ", while ").collect();
    let (problem, place) = located(parts[0]);
    let mut lines = Vec::new();
    let mut class = "ParserError";
    if let Some(context) = parts.get(1) {
        let (context, place) = located(context);
        if context.starts_with("scanning") {
            class = "ScannerError";
        }
        lines.push(format!("while {context}"));
        // libyaml does not tell the very beginning, PyYAML does not tell where it looked for a token.
        if context != "scanning for the next token" {
            let beginning = || "  in \"<file>\", line 1, column 1".to_owned();
            lines.push(place.unwrap_or_else(beginning));
        }
    }
    if problem.contains("cannot start any token") || problem.contains("not allowed in this context")
    {
        class = "ScannerError";
    }
    if problem.contains("alias") || problem.contains("anchor") {
        class = "ComposerError";
    }
    if problem.contains("duplicate entry") {
        class = "ConstructorError";
    }
    lines.push(problem.replace("unknown anchor", "found undefined alias"));
    lines.extend(place);
    Exception::new(class, lines.join("\n"))
}

/// What is said, and where.
fn located(text: &str) -> (&str, Option<String>) {
    let Some((said, place)) = text.rsplit_once(" at line ") else {
        return (text, None);
    };
    let (line, column) = place.split_once(" column ").unwrap_or((place, "1"));
    (
        said,
        Some(format!("  in \"<file>\", line {line}, column {column}")),
    )
}
