//! Requests as JSON: the real server's `RequestPayload`. Results and errors are JSON in a string. Where the real server
//! pickles a value, the sandbox sends a pickled `None`.

use serde_json::{Value, json};

use super::{Phase, Request};

/// `pickle.dumps(None)`, in base64.
pub const PICKLED_NONE: &str = "gAROLg==";

impl Request {
    /// The body of `/api/get`.
    pub fn payload(&self) -> Value {
        let progress = self.progress();
        let (return_value, error) = match &progress.phase {
            Phase::Succeeded(value) => (value.clone(), Value::Null),
            Phase::Failed(exception) => {
                let error = json!({
                    "object": PICKLED_NONE,
                    "type": exception.class,
                    "message": exception.message,
                });
                (Value::Null, error)
            }
            _ => (Value::Null, Value::Null),
        };
        json!({
            "request_id": self.id,
            "name": self.name(),
            "entrypoint": PICKLED_NONE,
            "request_body": PICKLED_NONE,
            "status": progress.phase.name(),
            "created_at": self.created_at,
            "user_id": self.user_id,
            "return_value": return_value.to_string(),
            "error": error.to_string(),
            "pid": std::process::id(),
            "schedule_type": if self.kind.long { "long" } else { "short" },
            "user_name": null,
            "cluster_name": self.cluster,
            "status_msg": null,
            "should_retry": false,
            "finished_at": progress.finished_at,
            "file_mounts_blob_id": null,
        })
    }

    /// A row of `/api/status`: with names, without result and error.
    pub fn summary(&self) -> Value {
        let mut payload = self.payload();
        for (field, value) in [
            ("entrypoint", json!(self.kind.function)),
            ("user_name", json!(self.user_name)),
            ("return_value", json!("null")),
            ("error", json!("null")),
            ("pid", Value::Null),
        ] {
            payload[field] = value;
        }
        payload
    }
}
