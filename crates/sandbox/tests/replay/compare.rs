//! Compares two answers part by part, by what their values mean.

use serde_json::Value;

/// What must differ between two servers and still means the same.
pub trait Meaning {
    /// A value in the form that is compared.
    fn form(&self, path: &str, value: &Value) -> Value;

    fn ignores(&self, path: &str, name: &str) -> bool;

    /// Whether two different values mean the same.
    fn corresponds(&mut self, path: &str, recorded: &Value, ours: &Value) -> bool;
}

pub fn differences(meaning: &mut impl Meaning, recorded: &Value, ours: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare(meaning, "", recorded, ours, &mut differences);
    differences
}

fn compare(
    meaning: &mut impl Meaning,
    path: &str,
    recorded: &Value,
    ours: &Value,
    out: &mut Vec<String>,
) {
    match (meaning.form(path, recorded), meaning.form(path, ours)) {
        (Value::Object(recorded), Value::Object(ours)) => {
            for (name, value) in &recorded {
                let path = format!("{path}/{name}");
                match ours.get(name) {
                    _ if meaning.ignores(&path, name) => {}
                    Some(other) => compare(meaning, &path, value, other, out),
                    None => out.push(format!("{path}: missing, recorded was {value}")),
                }
            }
            for (name, value) in &ours {
                let path = format!("{path}/{name}");
                if !recorded.contains_key(name) && !meaning.ignores(&path, name) {
                    out.push(format!("{path}: {value} was not recorded"));
                }
            }
        }
        (Value::Array(recorded), Value::Array(ours)) => {
            if recorded.len() != ours.len() {
                let (has, not) = (ours.len(), recorded.len());
                out.push(format!("{path}: {has} items, not {not}"));
            }
            for (at, (recorded, ours)) in recorded.iter().zip(&ours).enumerate() {
                compare(meaning, &format!("{path}/{at}"), recorded, ours, out);
            }
        }
        (recorded, ours) => {
            if recorded != ours && !meaning.corresponds(path, &recorded, &ours) {
                out.push(format!("{path}: {ours}, not {recorded}"));
            }
        }
    }
}
