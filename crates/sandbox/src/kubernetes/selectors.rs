//! Label and field selectors of lists and watches.

use serde_json::{Map, Value};

use super::object;
use super::resources::{EVENTS, GroupResource, PODS};
use super::status::Refusal;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Missing(String),
}

impl Requirement {
    fn holds(&self, labels: Option<&Map<String, Value>>) -> bool {
        let get = |key: &str| labels.and_then(|l| l.get(key)).and_then(Value::as_str);
        match self {
            Self::In(key, values) => get(key).is_some_and(|v| values.iter().any(|x| x == v)),
            Self::NotIn(key, values) => !get(key).is_some_and(|v| values.iter().any(|x| x == v)),
            Self::Exists(key) => get(key).is_some(),
            Self::Missing(key) => get(key).is_none(),
        }
    }
}

/// Conditions on labels that must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unable to parse requirement: {0}")]
pub struct BadSelector(String);

impl LabelSelector {
    pub fn parse(text: &str) -> Result<Self, BadSelector> {
        let mut requirements = Vec::new();
        for part in split_outside_parentheses(text) {
            let part = part.trim();
            if !part.is_empty() {
                requirements.push(parse_requirement(part)?);
            }
        }
        Ok(Self { requirements })
    }

    pub fn from_object(selector: &Value) -> Result<Self, BadSelector> {
        let mut requirements = Vec::new();
        let labels = selector.get("matchLabels").and_then(Value::as_object);
        for (key, value) in labels.into_iter().flatten() {
            let value = value.as_str().unwrap_or_default().to_owned();
            requirements.push(Requirement::In(key.clone(), vec![value]));
        }
        for expression in object::items(selector.get("matchExpressions")) {
            let text = |field: &str| {
                expression
                    .get(field)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let values = || {
                object::strings(expression.get("values"))
                    .into_iter()
                    .map(str::to_owned)
                    .collect()
            };
            requirements.push(match text("operator").as_str() {
                "In" => Requirement::In(text("key"), values()),
                "NotIn" => Requirement::NotIn(text("key"), values()),
                "Exists" => Requirement::Exists(text("key")),
                "DoesNotExist" => Requirement::Missing(text("key")),
                other => {
                    return Err(BadSelector(format!(
                        "{other:?} is not a valid label selector operator"
                    )));
                }
            });
        }
        Ok(Self { requirements })
    }

    pub fn matches(&self, labels: Option<&Map<String, Value>>) -> bool {
        self.requirements.iter().all(|r| r.holds(labels))
    }

    pub fn to_text(&self) -> String {
        let parts: Vec<String> = self
            .requirements
            .iter()
            .map(|r| match r {
                Requirement::In(key, values) if values.len() == 1 => format!("{key}={}", values[0]),
                Requirement::In(key, values) => format!("{key} in ({})", values.join(",")),
                Requirement::NotIn(key, values) => format!("{key} notin ({})", values.join(",")),
                Requirement::Exists(key) => key.clone(),
                Requirement::Missing(key) => format!("!{key}"),
            })
            .collect();
        parts.join(",")
    }
}

fn split_outside_parentheses(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn parse_requirement(text: &str) -> Result<Requirement, BadSelector> {
    let key = |key: &str| {
        let key = key.trim();
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        match !key.is_empty() && key.chars().all(good) {
            true => Ok(key.to_owned()),
            false => Err(BadSelector(format!("<nil>: Invalid value: {key:?}"))),
        }
    };
    for (operator, negated) in [(" notin ", true), (" in ", false)] {
        if let Some((name, values)) = text.split_once(operator) {
            let values = values
                .trim()
                .strip_prefix('(')
                .and_then(|v| v.strip_suffix(')'))
                .ok_or_else(|| BadSelector(format!("found '{}', expected: '('", values.trim())))?;
            let values = values.split(',').map(|v| v.trim().to_owned()).collect();
            return Ok(if negated {
                Requirement::NotIn(key(name)?, values)
            } else {
                Requirement::In(key(name)?, values)
            });
        }
    }
    if let Some((name, value)) = text.split_once("!=") {
        return Ok(Requirement::NotIn(
            key(name)?,
            vec![value.trim().to_owned()],
        ));
    }
    if let Some((name, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return Ok(Requirement::In(key(name)?, vec![value.trim().to_owned()]));
    }
    match text.strip_prefix('!') {
        Some(name) => Ok(Requirement::Missing(key(name)?)),
        None => Ok(Requirement::Exists(key(text)?)),
    }
}

/// Conditions on fields that must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSelector {
    /// Pointer, value, whether they must be equal.
    requirements: Vec<(String, String, bool)>,
}

impl FieldSelector {
    /// Reads `metadata.name=a,status.phase!=Running` for a resource; not every field can be asked for.
    pub fn parse(resource: GroupResource, text: &str) -> Result<Self, Refusal> {
        let mut requirements = Vec::new();
        for part in text.split(',').filter(|p| !p.is_empty()) {
            let (field, value, equal) = if let Some((field, value)) = part.split_once("!=") {
                (field, value, false)
            } else if let Some((field, value)) =
                part.split_once("==").or_else(|| part.split_once('='))
            {
                (field, value, true)
            } else {
                return Err(Refusal::bad_request(format!(
                    "invalid selector: '{part}'; can't understand '{part}'"
                )));
            };
            if !supports(resource, field) {
                return Err(Refusal::bad_request(format!(
                    "field label not supported: {field}"
                )));
            }
            let pointer = format!("/{}", field.replace('.', "/"));
            requirements.push((pointer, value.to_owned(), equal));
        }
        Ok(Self { requirements })
    }

    pub fn matches(&self, object: &Value) -> bool {
        self.requirements.iter().all(|(pointer, value, equal)| {
            let found = object.pointer(pointer).and_then(Value::as_str);
            (found.unwrap_or_default() == value) == *equal
        })
    }
}

fn supports(resource: GroupResource, field: &str) -> bool {
    match resource {
        _ if matches!(field, "metadata.name" | "metadata.namespace") => true,
        PODS => matches!(field, "spec.nodeName" | "status.phase"),
        EVENTS => field.starts_with("involvedObject.") || field == "type",
        _ => false,
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    pub labels: LabelSelector,
    pub fields: FieldSelector,
}

impl Selection {
    pub fn shows(&self, object: &Value) -> bool {
        self.labels.matches(object::labels(object)) && self.fields.matches(object)
    }
}
