//! Compares answers by meaning: what must differ between two servers has to correspond.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Numbers that are moments or follow from them.
const MOMENTS: [&str; 13] = [
    "created_at",
    "duration",
    "end_at",
    "expires_at",
    "finished_at",
    "last_used_at",
    "launched_at",
    "pid",
    "start_at",
    "status_updated_at",
    "submitted_at",
    "total_cost",
    "transitioned_at",
];
/// Texts that are somebody's or something's id.
const IDS: [&str; 9] = [
    "cluster_hash",
    "creator_user_hash",
    "creator_user_id",
    "id",
    "request_id",
    "service_account_user_id",
    "token_id",
    "user_hash",
    "user_id",
];

/// What corresponds to what so far.
#[derive(Default)]
pub struct Comparison {
    ids: HashMap<String, String>,
}

impl Comparison {
    /// Says that a recorded id is called otherwise here.
    pub fn corresponds(&mut self, recorded: &str, ours: &str) {
        self.ids.insert(recorded.to_owned(), ours.to_owned());
    }

    /// A recorded text with the ids that the server under test has.
    pub fn known(&self, recorded: &str) -> String {
        let mut text = recorded.to_owned();
        for (recorded, ours) in &self.ids {
            text = text.replace(recorded, ours);
        }
        text
    }

    /// Where two answers differ.
    pub fn differences(&mut self, recorded: &Value, ours: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        self.compare("", recorded, ours, &mut differences);
        differences
    }

    fn compare(&mut self, path: &str, recorded: &Value, ours: &Value, out: &mut Vec<String>) {
        let name = path.rsplit('/').next().unwrap_or_default();
        match (recorded, ours) {
            (Value::Object(recorded), Value::Object(ours)) => {
                self.objects(path, recorded, ours, out);
            }
            (Value::Array(recorded), Value::Array(ours)) => {
                if recorded.len() != ours.len() {
                    out.push(format!(
                        "{path}: {} items, not {}",
                        ours.len(),
                        recorded.len()
                    ));
                }
                for (at, (recorded, ours)) in recorded.iter().zip(ours).enumerate() {
                    self.compare(&format!("{path}/{at}"), recorded, ours, out);
                }
            }
            (Value::String(recorded), Value::String(ours)) if is_json(name) => {
                // JSON in a text: what counts is in it.
                match (serde_json::from_str(recorded), serde_json::from_str(ours)) {
                    (Ok(recorded), Ok(ours)) => {
                        self.compare(&format!("{path}/json"), &recorded, &ours, out);
                    }
                    _ => out.push(format!("{path}: {ours} is not JSON")),
                }
            }
            (Value::String(recorded), Value::String(ours)) => {
                if !self.texts(name, recorded, ours) {
                    let known = self.known(recorded);
                    out.push(format!("{path}: {ours:?}, not {known:?}"));
                }
            }
            (Value::Number(_), Value::Number(_)) if MOMENTS.contains(&name) => {}
            // A time that came between two answers, such as a token's last use.
            (Value::Null, Value::Number(_)) if name == "last_used_at" => {}
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
        for (name, value) in recorded {
            match ours.get(name) {
                Some(other) => self.compare(&format!("{path}/{name}"), value, other, out),
                None => out.push(format!("{path}/{name}: missing, recorded was {value}")),
            }
        }
        for (name, value) in ours {
            // Where in Python's sources something failed is each server's own.
            if !recorded.contains_key(name) && name != "stacktrace" {
                out.push(format!("{path}/{name}: {value} was not recorded"));
            }
        }
    }

    fn texts(&mut self, name: &str, recorded: &str, ours: &str) -> bool {
        if is_pickle(recorded) {
            return is_pickle(ours);
        }
        if recorded.starts_with("sky_<JWT") {
            return ours.starts_with("sky_eyJ") && ours.split('.').count() == 3;
        }
        let known = self.known(recorded);
        if known == ours {
            return true;
        }
        if IDS.contains(&name) {
            let new = !self.ids.contains_key(recorded) && !self.ids.values().any(|id| id == ours);
            if new {
                self.corresponds(recorded, ours);
            }
            return new;
        }
        let masked = |text: &str| masked(text, "pid=").replace("\r\n", "\n");
        match name {
            // Milliseconds decide which of two events of a second was the last.
            "last_event" | "init_status_reason" => true,
            "log_path" => ours.starts_with("~/sky_logs/sky-20"),
            _ => masked(&known) == masked(ours) || account_masked(&known) == account_masked(ours),
        }
    }
}

fn is_json(name: &str) -> bool {
    matches!(name, "return_value" | "error")
}

/// The recordings have a word for some, and some as they were.
fn is_pickle(text: &str) -> bool {
    text.starts_with("<base64 pickle") || text == "gAROLg=="
}

/// A text without the digits behind a mark.
fn masked(text: &str, mark: &str) -> String {
    let mut parts = text.split(mark);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + mark + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

/// A text without the ids of service accounts that nobody ever sees again.
fn account_masked(text: &str) -> String {
    let mut parts = text.split("(sa-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + "(sa-" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}
