//! The cluster or the user of a context.

use crate::{
    bounded_yaml::{Kind, Node},
    pem,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// The keys that are true or false.
const FLAGS: [&str; 3] = [
    "insecure-skip-tls-verify",
    "disable-compression",
    "provideClusterInfo",
];
/// What `kubectl config view` prints in the place of secrets.
const REDACTED: [&str; 2] = ["REDACTED", "DATA+OMITTED"];

/// A cluster or a user. Not `Debug`: it holds keys.
pub struct Section {
    /// “cluster” or “user”.
    kind: &'static str,
    line: usize,
    entries: Option<Node>,
}

impl Section {
    pub(super) fn new(kind: &'static str, line: usize, entries: Option<&Node>) -> Self {
        Self {
            kind,
            line: entries.map_or(line, |node| node.line),
            entries: entries.cloned(),
        }
    }

    fn get(&self, key: &str) -> Option<&Node> {
        let node = self.entries.as_ref()?.get(key)?;
        (!is_absent(node)).then_some(node)
    }

    /// The line of a key that is there.
    pub fn line(&self, key: &str) -> Option<usize> {
        self.get(key).map(|node| node.line)
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.scalar()
    }

    /// Keys or certificates: PEM in base64.
    pub fn pem(&self, key: &str) -> Result<Option<String>, String> {
        let Some(node) = self.get(key) else {
            return Ok(None);
        };
        let base64: String = node
            .scalar()
            .unwrap_or_default()
            .split_ascii_whitespace()
            .collect();
        match STANDARD.decode(base64) {
            Ok(bytes) => Ok(Some(pem::flush_left(&String::from_utf8_lossy(&bytes)))),
            Err(_) => Err(self.fault(key, "must be PEM in base64")),
        }
    }

    /// Whether a key is set and true, in any spelling of YAML 1.1.
    pub fn flag(&self, key: &str) -> Result<bool, String> {
        let Some(node) = self.get(key) else {
            return Ok(false);
        };
        node.scalar()
            .and_then(truth)
            .ok_or_else(|| self.fault(key, "must be true or false"))
    }

    /// What is wrong with the value of a key: “must be …”, “runs …”.
    pub fn fault(&self, key: &str, rule: impl std::fmt::Display) -> String {
        let line = self.line(key).unwrap_or(self.line);
        format!("Line {line}: “{}.{key}” {rule}.", self.kind)
    }

    /// What is wrong with the section as a whole.
    pub fn fault_of_all(&self, rule: &str) -> String {
        format!("Line {}: the {} {rule}.", self.line, self.kind)
    }

    /// As kubectl's types have it: text except for flags and extensions, without what is empty.
    pub fn to_json(&self) -> Value {
        match &self.entries {
            Some(node) => json("", node),
            None => Value::Object(serde_json::Map::new()),
        }
    }

    pub(super) fn check_complete(&self) -> Result<(), String> {
        let entries = self.entries.as_ref().map(Node::entries).unwrap_or_default();
        let omitted = entries
            .iter()
            .find(|(_, _, value)| value.scalar().is_some_and(|text| REDACTED.contains(&text)));
        match omitted {
            Some((key, ..)) => Err(self.fault(
                key,
                "was left out by kubectl. `kubectl config view --minify --flatten` prints it",
            )),
            None => Ok(()),
        }
    }
}

/// Whether kubectl would take a value for none.
pub(super) fn is_absent(node: &Node) -> bool {
    match &node.kind {
        Kind::Plain(text) => matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"),
        Kind::Scalar(text) => text.is_empty(),
        Kind::Sequence(items) => items.is_empty(),
        Kind::Mapping(entries) => entries.is_empty(),
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" => Some(true),
        "false" | "no" | "off" | "n" => Some(false),
        _ => None,
    }
}

fn json(key: &str, node: &Node) -> Value {
    match &node.kind {
        Kind::Plain(text) | Kind::Scalar(text) => match truth(text) {
            Some(value) if FLAGS.contains(&key) => value.into(),
            _ => text.as_str().into(),
        },
        Kind::Sequence(items) if key == "extensions" => items.iter().map(as_written).collect(),
        Kind::Sequence(items) => items.iter().map(|item| json(key, item)).collect(),
        Kind::Mapping(entries) => entries
            .iter()
            // A variable of a plugin may be empty.
            .filter(|(key, _, value)| key == "value" || !is_absent(value))
            .map(|(key, _, value)| (key.clone(), json(key, value)))
            .collect(),
    }
}

/// A value of a key that kubectl does not know, with the types that YAML gives it.
fn as_written(node: &Node) -> Value {
    match &node.kind {
        Kind::Scalar(text) => text.as_str().into(),
        Kind::Plain(text) => serde_norway::from_str(text).unwrap_or_else(|_| text.as_str().into()),
        Kind::Sequence(items) => items.iter().map(as_written).collect(),
        Kind::Mapping(entries) => entries
            .iter()
            .map(|(key, _, value)| (key.clone(), as_written(value)))
            .collect(),
    }
}
