//! Bodies of calls. A field that is missing or of another type is answered as the real server's validation does: with 422,
//! all problems at once, and the offending input echoed.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;

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
        self.must_have(name);
        self.text(name).unwrap_or_default()
    }

    /// A text, or none.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let wrong = ("string_type", "Input should be a valid string");
        self.read(name, wrong, |value| value.as_str().map(str::to_owned))
    }

    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        let message = "Input should be a valid boolean, unable to interpret input";
        let flag = self.read(name, ("bool_parsing", message), Value::as_bool);
        flag.unwrap_or(default)
    }

    /// A whole number that must be there.
    pub fn required_integer(&mut self, name: &str) -> i64 {
        self.must_have(name);
        self.integer(name).unwrap_or_default()
    }

    /// A whole number, or none.
    pub fn integer(&mut self, name: &str) -> Option<i64> {
        let message = "Input should be a valid integer, unable to parse string as an integer";
        self.read(name, ("int_parsing", message), Value::as_i64)
    }

    /// A number, or none.
    pub fn number(&mut self, name: &str) -> Option<f64> {
        let wrong = ("float_type", "Input should be a valid number");
        self.read(name, wrong, Value::as_f64)
    }

    /// Texts, or none.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.list(name, |item| item.as_str().map(str::to_owned))
    }

    /// Whole numbers, or none.
    pub fn integers(&mut self, name: &str) -> Option<Vec<i64>> {
        self.list(name, Value::as_i64)
    }

    fn list<T>(&mut self, name: &str, item: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
        let wrong = ("list_type", "Input should be a valid list");
        self.read(name, wrong, |value| {
            value.as_array()?.iter().map(item).collect()
        })
    }

    fn read<T>(
        &mut self,
        name: &str,
        (kind, message): (&str, &str),
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        let found = read(value);
        if found.is_none() {
            self.wrong(name, kind, message);
        }
        found
    }

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
        self.must_have(name);
        let wrong = ("dict_type", "Input should be a valid dictionary");
        self.read(name, wrong, |value| value.as_object().cloned())
            .unwrap_or_default()
    }

    /// Notes a problem if a field is not there at all; null is something.
    pub fn must_have(&mut self, name: &str) {
        if !self.fields.contains_key(name) {
            self.missing(name);
        }
    }

    pub fn raw(&self, name: &str) -> Value {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    pub fn env_vars(&mut self) -> BTreeMap<String, String> {
        let wrong = ("dict_type", "Input should be a valid dictionary");
        let given = self.read("env_vars", wrong, |value| value.as_object().cloned());
        let texts = given.into_iter().flatten();
        texts
            .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
            .collect()
    }

    pub fn active_workspace(&self) -> Option<String> {
        let config = self.fields.get("override_skypilot_config")?;
        Some(config.get("active_workspace")?.as_str()?.to_owned())
    }

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
