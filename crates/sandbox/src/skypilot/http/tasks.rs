//! Tasks that are not to be launched yet.

use axum::Json;
use axum::response::Response;
use serde_json::{Value, json};

use super::body::Body;
use super::call::{Call, Origin};
use super::refusal::Refusal;
use crate::skypilot::optimizer;
use crate::skypilot::requests::Kind;
use crate::skypilot::task::Task;

/// Whether a task makes sense. Answered at once.
pub async fn validate(_call: Call, mut body: Body) -> Result<Json<Value>, Refusal> {
    let dag = body.required_text("dag");
    body.must_have("request_options");
    body.check()?;
    let sense =
        Task::read_all(&dag).and_then(|tasks| tasks.iter().try_for_each(optimizer::check_places));
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

/// What would be chosen for a task. It is in the request's log; the result is nothing.
pub async fn optimize(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let dag = body.required_text("dag");
    body.must_have("request_options");
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("optimize", "optimize");
    Ok(call.submit(kind, None, origin, move |context| async move {
        let task = Task::read(&dag)?;
        let clouds = context.usable_clouds(&task).await;
        for line in optimizer::table(&optimizer::candidates(&task, &clouds)?) {
            context.say(&line);
        }
        Ok(Value::Null)
    }))
}
