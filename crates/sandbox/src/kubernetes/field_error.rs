//! What is wrong with a field, in the words of a real API server.

use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    reason: &'static str,
    pub field: String,
    message: String,
}

impl FieldError {
    pub fn invalid(field: impl Into<String>, value: &Value, rule: impl AsRef<str>) -> Self {
        Self {
            reason: "FieldValueInvalid",
            field: field.into(),
            message: format!("Invalid value: {}: {}", shown(value), rule.as_ref()),
        }
    }

    pub fn required(field: impl Into<String>, rule: &str) -> Self {
        Self {
            reason: "FieldValueRequired",
            field: field.into(),
            message: with_detail("Required value", rule),
        }
    }

    /// The field may not be set, or not be changed.
    pub fn forbidden(field: impl Into<String>, rule: &str) -> Self {
        Self {
            reason: "FieldValueForbidden",
            field: field.into(),
            message: with_detail("Forbidden", rule),
        }
    }

    /// The value is none of those there are.
    pub fn unsupported(field: impl Into<String>, value: &Value, supported: &[&str]) -> Self {
        let supported: Vec<String> = supported.iter().map(|s| format!("{s:?}")).collect();
        Self {
            reason: "FieldValueNotSupported",
            field: field.into(),
            message: format!(
                "Unsupported value: {}: supported values: {}",
                shown(value),
                supported.join(", ")
            ),
        }
    }

    pub(super) fn sentence(&self) -> String {
        format!("{}: {}", self.field, self.message)
    }

    pub(super) fn cause(&self) -> Value {
        json!({"reason": self.reason, "message": self.message, "field": self.field})
    }
}

fn with_detail(what: &str, detail: &str) -> String {
    if detail.is_empty() {
        what.to_owned()
    } else {
        format!("{what}: {detail}")
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => value.to_string(),
        Value::String(s) => format!("{s:?}"),
        other => other.to_string(),
    }
}
