//! What is wrong with a field, in the words of a real API server.

use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    reason: &'static str,
    pub field: String,
    message: String,
}

impl FieldError {
    fn new(reason: &'static str, field: impl Into<String>, message: String) -> Self {
        Self {
            reason,
            field: field.into(),
            message,
        }
    }

    pub fn invalid(field: impl Into<String>, value: &Value, rule: impl AsRef<str>) -> Self {
        let message = format!("Invalid value: {value}: {}", rule.as_ref());
        Self::new("FieldValueInvalid", field, message)
    }

    pub fn required(field: impl Into<String>, rule: &str) -> Self {
        let message = with_detail("Required value", rule);
        Self::new("FieldValueRequired", field, message)
    }

    /// The field may not be set, or not be changed.
    pub fn forbidden(field: impl Into<String>, rule: &str) -> Self {
        let message = with_detail("Forbidden", rule);
        Self::new("FieldValueForbidden", field, message)
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
