//! Compares answers by meaning: what must differ between two clusters has to correspond.

use std::collections::HashMap;

use serde_json::{Map, Value};

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

    pub fn differences(&mut self, recorded: &Value, ours: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        self.compare("", recorded, ours, &mut differences);
        differences
    }

    fn compare(&mut self, path: &str, recorded: &Value, ours: &Value, out: &mut Vec<String>) {
        if path == "/headers" {
            return self.compare(
                "/type",
                &recorded["Content-Type"],
                &ours["Content-Type"],
                out,
            );
        }
        match (recorded, ours) {
            (Value::Object(recorded), Value::Object(ours)) => {
                self.objects(path, recorded, ours, out);
            }
            (Value::Array(recorded), Value::Array(ours)) => {
                let managers = path.ends_with("/managedFields");
                let (recorded, ours) = if managers {
                    (by_manager(recorded), by_manager(ours))
                } else {
                    (recorded.clone(), ours.clone())
                };
                if recorded.len() != ours.len() {
                    out.push(format!(
                        "{path}: {} items, not {}",
                        ours.len(),
                        recorded.len()
                    ));
                }
                for (i, (recorded, ours)) in recorded.iter().zip(&ours).enumerate() {
                    self.compare(&format!("{path}/{i}"), recorded, ours, out);
                }
            }
            (Value::String(recorded), Value::String(ours)) => {
                if !self.texts(path, recorded, ours) {
                    out.push(format!("{path}: {ours:?}, not {recorded:?}"));
                }
            }
            _ if recorded == ours => {}
            _ => out.push(format!("{path}: {ours}, not {recorded}")),
        }
    }

    fn objects(
        &mut self,
        path: &str,
        recorded: &Map<String, Value>,
        ours: &Map<String, Value>,
        out: &mut Vec<String>,
    ) {
        let ignored = |name: &str| {
            // How long it took, and prose that is each server's own.
            name == "seconds" || name == "description" && path.contains("columnDefinitions")
        };
        // A list's version is any moment's, an object's that of its last change.
        let is_list = ["items", "rows"]
            .iter()
            .any(|field| recorded.contains_key(*field));
        let (mut recorded, mut ours) = (recorded.clone(), ours.clone());
        if is_list {
            for list in [&mut recorded, &mut ours] {
                if let Some(Value::Object(metadata)) = list.get_mut("metadata")
                    && let Some(version) = metadata.remove("resourceVersion")
                    && version.as_str().is_none_or(|v| v.parse::<u64>().is_err())
                {
                    out.push(format!("{path}: {version} is no version"));
                }
            }
        }
        let (recorded, ours) = (&recorded, &ours);
        for (name, value) in recorded.iter().filter(|(name, _)| !ignored(name)) {
            match ours.get(name) {
                Some(other) => self.compare(&format!("{path}/{name}"), value, other, out),
                None => out.push(format!("{path}/{name}: missing, recorded was {value}")),
            }
        }
        for (name, value) in ours.iter().filter(|(name, _)| !ignored(name)) {
            if !recorded.contains_key(name) {
                out.push(format!("{path}/{name}: {value} was not recorded"));
            }
        }
    }

    fn texts(&mut self, path: &str, recorded: &str, ours: &str) -> bool {
        if recorded == ours {
            return true;
        }
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
