//! How a request looks on the wire: the real server's `RequestPayload`. Results and errors are JSON in a string. What the real
//! server pickles is a pickled `None` here, since nobody may read it anyway.

use serde_json::{Map, Value, json};

use super::{Phase, Request};

/// `pickle.dumps(None)`, in base64.
pub const PICKLED_NONE: &str = "gAROLg==";

pub const FIELDS: [&str; 16] = [
    "request_id",
    "name",
    "entrypoint",
    "request_body",
    "status",
    "return_value",
    "error",
    "pid",
    "created_at",
    "cluster_name",
    "schedule_type",
    "user_id",
    "status_msg",
    "should_retry",
    "finished_at",
    "file_mounts_blob_id",
];

impl Request {
    pub fn payload(&self) -> Value {
        let progress = self.progress();
        let (return_value, error) = match &progress.phase {
            Phase::Succeeded(value) => (value.to_string(), "null".to_owned()),
            Phase::Failed(exception) => {
                let error = json!({
                    "object": PICKLED_NONE,
                    "type": exception.class,
                    "message": exception.message,
                });
                ("null".to_owned(), error.to_string())
            }
            _ => ("null".to_owned(), "null".to_owned()),
        };
        json!({
            "request_id": self.id,
            "name": self.name(),
            "entrypoint": PICKLED_NONE,
            "request_body": PICKLED_NONE,
            "status": progress.phase.name(),
            "created_at": self.created_at,
            "user_id": self.user_id,
            "return_value": return_value,
            "error": error,
            "pid": std::process::id(),
            "schedule_type": self.schedule_type(),
            "user_name": null,
            "cluster_name": self.cluster,
            "status_msg": null,
            "should_retry": false,
            "finished_at": progress.finished_at,
            "file_mounts_blob_id": null,
        })
    }

    /// What `/api/status` answers: with names, without result and error.
    pub fn summary(&self) -> Value {
        let mut payload = self.payload();
        payload["entrypoint"] = json!(self.kind.function);
        payload["user_name"] = json!(self.user_name);
        for field in ["return_value", "error"] {
            payload[field] = json!("null");
        }
        payload["pid"] = Value::Null;
        payload
    }

    /// What `/api/status` answers when only some fields are asked for: the others have nothing in them.
    pub fn selected(&self, fields: &[String]) -> Value {
        let full = self.summary();
        let mut selected = Map::new();
        for (name, nothing) in nothing() {
            let wanted = fields.iter().any(|field| field == name);
            let value = if wanted { full[name].clone() } else { nothing };
            selected.insert(name.to_owned(), value);
        }
        selected.into()
    }

    fn schedule_type(&self) -> &'static str {
        if self.kind.long { "long" } else { "short" }
    }
}

fn nothing() -> [(&'static str, Value); 17] {
    [
        ("request_id", json!("")),
        ("name", json!("")),
        ("entrypoint", json!("")),
        ("request_body", json!("null")),
        ("status", json!("PENDING")),
        ("created_at", json!(0.0)),
        ("user_id", json!("")),
        ("return_value", json!("null")),
        ("error", json!("null")),
        ("pid", Value::Null),
        ("schedule_type", json!("short")),
        ("user_name", Value::Null),
        ("cluster_name", Value::Null),
        ("status_msg", Value::Null),
        ("should_retry", json!(false)),
        ("finished_at", Value::Null),
        ("file_mounts_blob_id", Value::Null),
    ]
}
