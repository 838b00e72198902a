//! Bodies of calls. A field that is missing or of another type is answered as the real server's validation does: with 422,
//! all problems at once, and the offending input echoed.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;

/// A JSON object from which a handler takes what it needs.
pub struct Body {
    fields: Map<String, Value>,
    problems: Vec<Value>,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| Refusal::bad(error.body_text()))?;
        if bytes.is_empty() {
            return Err(Refusal::unprocessable(vec![
                json!({"type": "missing", "loc": ["body"], "msg": "Field required", "input": null}),
            ]));
        }
        let not_an_object = |input: Value| {
            Refusal::unprocessable(vec![json!({
                "type": "model_attributes_type",
                "loc": ["body"],
                "msg": "Input should be a valid dictionary or object to extract fields from",
                "input": input,
            })])
        };
        if !is_json {
            return Err(not_an_object(String::from_utf8_lossy(&bytes).into()));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(mut fields)) => {
                // The real model fills this in before it validates, so it shows in what is echoed.
                fields
                    .entry("override_skypilot_config_path")
                    .or_insert(Value::Null);
                Ok(Self {
                    fields,
                    problems: Vec::new(),
                })
            }
            Ok(other) => Err(not_an_object(other)),
            Err(error) => Err(Refusal::unprocessable(vec![json!({
                "type": "json_invalid",
                "loc": ["body", error.column()],
                "msg": "JSON decode error",
                "input": {},
                "ctx": {"error": error.to_string()},
            })])),
        }
    }
}

impl Body {
    /// A field that must be there.
    pub fn required_text(&mut self, name: &str) -> String {
        if !self.fields.contains_key(name) {
            self.missing(name);
            return String::new();
        }
        match &self.fields[name] {
            Value::String(text) => text.clone(),
            _ => {
                self.wrong(name, "string_type", "Input should be a valid string");
                String::new()
            }
        }
    }

    /// A text, or none.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            _ => {
                self.wrong(name, "string_type", "Input should be a valid string");
                None
            }
        }
    }

    /// Yes or no, with what it is when nothing is said. As the real server, it takes words and numbers for it too.
    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        let flag = match self.fields.get(name) {
            None => Some(default),
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::Number(number)) => match number.as_i64() {
                Some(0) => Some(false),
                Some(1) => Some(true),
                _ => None,
            },
            Some(Value::String(word)) => match word.to_ascii_lowercase().as_str() {
                "true" | "yes" | "y" | "on" | "t" | "1" => Some(true),
                "false" | "no" | "n" | "off" | "f" | "0" => Some(false),
                _ => None,
            },
            Some(_) => None,
        };
        flag.unwrap_or_else(|| {
            let message = "Input should be a valid boolean, unable to interpret input";
            self.wrong(name, "bool_parsing", message);
            default
        })
    }

    /// A whole number that must be there.
    pub fn required_integer(&mut self, name: &str) -> i64 {
        if !self.fields.contains_key(name) {
            self.missing(name);
            return 0;
        }
        if self.fields[name].is_null() {
            self.wrong(name, "int_type", "Input should be a valid integer");
            return 0;
        }
        self.integer(name).unwrap_or_default()
    }

    /// A whole number, or none.
    pub fn integer(&mut self, name: &str) -> Option<i64> {
        let value = self.fields.get(name)?;
        if value.is_null() {
            return None;
        }
        let number = integer(value);
        if number.is_none() {
            let message = "Input should be a valid integer, unable to parse string as an integer";
            self.wrong(name, "int_parsing", message);
        }
        number
    }

    /// A number, or none.
    pub fn number(&mut self, name: &str) -> Option<f64> {
        let value = self.fields.get(name)?;
        if value.is_null() {
            return None;
        }
        let number = value.as_f64();
        if number.is_none() {
            self.wrong(name, "float_type", "Input should be a valid number");
        }
        number
    }

    /// Texts, or none. One text alone is not a list.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let texts = match self.fields.get(name)? {
            Value::Null => return None,
            Value::Array(items) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect(),
            _ => None,
        };
        if texts.is_none() {
            self.wrong(name, "list_type", "Input should be a valid list");
        }
        texts
    }

    /// Whole numbers, or none.
    pub fn integers(&mut self, name: &str) -> Option<Vec<i64>> {
        let numbers = match self.fields.get(name)? {
            Value::Null => return None,
            Value::Array(items) => items.iter().map(integer).collect(),
            _ => None,
        };
        if numbers.is_none() {
            self.wrong(name, "list_type", "Input should be a valid list");
        }
        numbers
    }

    /// One of some words, with what it is when nothing is said.
    pub fn one_of(
        &mut self,
        name: &str,
        words: &[&'static str],
        default: &'static str,
    ) -> &'static str {
        let Some(value) = self.fields.get(name) else {
            return default;
        };
        let word = words.iter().find(|word| value.as_str() == Some(word));
        word.copied().unwrap_or_else(|| {
            let words: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
            let list = match words.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                _ => words.concat(),
            };
            self.wrong(name, "enum", &format!("Input should be {list}"));
            default
        })
    }

    /// An object that must be there.
    pub fn required_object(&mut self, name: &str) -> Map<String, Value> {
        match self.fields.get(name) {
            None => {
                self.missing(name);
                Map::new()
            }
            Some(Value::Object(object)) => object.clone(),
            Some(_) => {
                self.wrong(name, "dict_type", "Input should be a valid dictionary");
                Map::new()
            }
        }
    }

    /// Notes a problem if a field is not there at all; null is something.
    pub fn must_have(&mut self, name: &str) {
        if !self.fields.contains_key(name) {
            self.missing(name);
        }
    }

    /// A field as it came.
    pub fn raw(&self, name: &str) -> Value {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    /// The environment variables of the caller.
    pub fn env_vars(&mut self) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        match self.fields.get("env_vars") {
            Some(Value::Object(given)) => {
                for (name, value) in given {
                    if let Some(value) = value.as_str() {
                        variables.insert(name.clone(), value.to_owned());
                    }
                }
            }
            Some(_) => self.wrong(
                "env_vars",
                "dict_type",
                "Input should be a valid dictionary",
            ),
            None => {}
        }
        variables
    }

    /// The workspace that the caller names as theirs, if they name one.
    pub fn active_workspace(&self) -> Option<String> {
        let config = self.fields.get("override_skypilot_config")?;
        Some(config.get("active_workspace")?.as_str()?.to_owned())
    }

    /// An error if anything was wrong with what was taken.
    pub fn check(&mut self) -> Result<(), Refusal> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Refusal::unprocessable(std::mem::take(&mut self.problems)))
        }
    }

    fn missing(&mut self, name: &str) {
        let problem = json!({
            "type": "missing",
            "loc": ["body", name],
            "msg": "Field required",
            "input": self.fields,
        });
        self.problems.push(problem);
    }

    fn wrong(&mut self, name: &str, kind: &str, message: &str) {
        let problem = json!({
            "type": kind,
            "loc": ["body", name],
            "msg": message,
            "input": self.fields.get(name),
        });
        self.problems.push(problem);
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
