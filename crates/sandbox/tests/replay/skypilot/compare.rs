//! Compares answers by meaning: what must differ between two servers has to correspond.

use std::collections::HashMap;

use serde_json::Value;

use crate::compare::Meaning;

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

impl Meaning for Comparison {
    /// Results and errors are JSON in a text.
    fn form(&self, path: &str, value: &Value) -> Value {
        let in_text = path.ends_with("/return_value") || path.ends_with("/error");
        let text = value.as_str().filter(|_| in_text);
        text.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_else(|| value.clone())
    }

    fn ignores(&self, _path: &str, name: &str) -> bool {
        // Where in Python's sources something failed is each server's own.
        name == "stacktrace"
    }

    fn corresponds(&mut self, path: &str, recorded: &Value, ours: &Value) -> bool {
        let name = path.rsplit('/').next().unwrap_or_default();
        match (recorded, ours) {
            (Value::String(recorded), Value::String(ours)) => self.texts(name, recorded, ours),
            (Value::Number(_), Value::Number(_)) => MOMENTS.contains(&name),
            // A time that came between two answers, such as a token's last use.
            (Value::Null, Value::Number(_)) => name == "last_used_at",
            _ => false,
        }
    }
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
