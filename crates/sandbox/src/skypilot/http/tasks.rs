//! Tasks that are not to be launched yet.

use axum::Json;
use serde_json::{Value, json};

use super::body::Body;
use super::call::Call;
use super::refusal::Refusal;
use crate::skypilot::optimizer;
use crate::skypilot::task::Task;

/// Whether a task makes sense. Answered at once.
pub async fn validate(_call: Call, mut body: Body) -> Result<Json<Value>, Refusal> {
    let dag = body.required_text("dag");
    body.must_have("request_options");
    body.check()?;
    let sense = Task::read(&dag).and_then(|task| optimizer::check_places(&task));
    match sense {
        Ok(()) => Ok(Json(Value::Null)),
        Err(exception) => Err(Refusal::bad(json!({
            "type": exception.class,
            "message": exception.message,
            "args": [exception.message],
            "attributes": {},
            "stacktrace": format!("Traceback (most recent call last):\n  File \"sky/server/server.py\", in validate\n{exception}\n"),
        }))),
    }
}
