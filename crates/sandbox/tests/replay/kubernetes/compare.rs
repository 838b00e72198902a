//! Compares answers by meaning: what must differ between two clusters has to correspond.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::compare::Meaning;

/// What corresponds to what so far.
#[derive(Default)]
pub struct Comparison {
    uids: HashMap<String, String>,
    versions: HashMap<String, String>,
}

impl Comparison {
    /// A recorded value with the ids that the cluster under test has.
    pub fn known(&self, recorded: &Value) -> Value {
        let mut text = recorded.to_string();
        for (recorded, ours) in &self.uids {
            text = text.replace(recorded, ours);
        }
        serde_json::from_str(&text).unwrap()
    }

    fn texts(&mut self, path: &str, recorded: &str, ours: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or_default();
        if name == "uid" {
            return corresponds(&mut self.uids, recorded, ours);
        }
        if path.ends_with("/metadata/resourceVersion") {
            let of_list =
                path == "/body/metadata/resourceVersion" && !self.versions.contains_key(recorded);
            // A list's version is any moment's, an object's that of its last change.
            return ours.parse::<u64>().is_ok()
                && (of_list || corresponds(&mut self.versions, recorded, ours));
        }
        let token = recorded == "<redacted jwt>" && ours.split('.').count() == 3;
        // The recorded binaries had short names.
        let manager = name == "manager"
            && matches!(
                (recorded, ours),
                ("kcm", "kube-controller-manager") | ("apiserver", "kube-apiserver")
            );
        let prose = path.ends_with("/annotations/kubernetes.io~1description")
            || path.ends_with("/annotations/kubernetes.io/description");
        let address = recorded.starts_with("10.96.") && ours.starts_with("10.96.");
        let age = is_age(recorded) && is_age(ours) && path.contains("/cells/");
        let moment = is_moment(recorded) && is_moment(ours);
        let generated = "kube-api-access-";
        let volume = recorded.starts_with(generated) && ours.starts_with(generated);
        token || prose || address || age || moment || volume || manager
    }
}

impl Meaning for Comparison {
    fn form(&self, path: &str, value: &Value) -> Value {
        match value {
            Value::Object(headers) if path == "/headers" => {
                json!({"Content-Type": headers["Content-Type"]})
            }
            Value::Object(fields)
                if fields.contains_key("items") || fields.contains_key("rows") =>
            {
                // A list's version is any moment's, an object's that of its last change.
                let mut list = value.clone();
                if let Some(Value::Object(metadata)) = list.get_mut("metadata") {
                    metadata.remove("resourceVersion");
                }
                list
            }
            Value::Array(entries) if path.ends_with("/managedFields") => by_manager(entries).into(),
            _ => value.clone(),
        }
    }

    fn ignores(&self, path: &str, name: &str) -> bool {
        // How long it took, and prose that is each server's own.
        name == "seconds" || name == "description" && path.contains("columnDefinitions")
    }

    fn corresponds(&mut self, path: &str, recorded: &Value, ours: &Value) -> bool {
        match (recorded.as_str(), ours.as_str()) {
            (Some(recorded), Some(ours)) => self.texts(path, recorded, ours),
            _ => false,
        }
    }
}

fn corresponds(known: &mut HashMap<String, String>, recorded: &str, ours: &str) -> bool {
    if known.values().any(|value| value == ours) && !known.contains_key(recorded) {
        return false;
    }
    known
        .entry(recorded.to_owned())
        .or_insert_with(|| ours.to_owned())
        == ours
}

fn is_moment(text: &str) -> bool {
    text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
}

fn is_age(text: &str) -> bool {
    text.len() >= 2
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(['s', 'm', 'h', 'd'])
}

/// Managers are sorted by time; a replay is faster than the recording was.
fn by_manager(entries: &[Value]) -> Vec<Value> {
    let mut entries = entries.to_vec();
    entries.sort_by_key(|e| {
        let text = |field: &str| e[field].as_str().unwrap_or_default().to_owned();
        (text("operation"), text("manager"), text("subresource"))
    });
    entries
}
