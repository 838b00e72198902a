//! Jobs over HTTP.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::api::yes;
use super::call::{Call, check_workspace};
use super::clusters::Named;
use super::refusal::Refusal;
use super::streaming::{text_stream, written};
use crate::skypilot::Server;
use crate::skypilot::clusters::check_available;
use crate::skypilot::jobs;
use crate::skypilot::requests::Kind;

pub async fn queue(call: Call<Named>) -> Response {
    call.submit(Kind::short("queue", "queue"), async |context, body| {
        let store = &context.server.store;
        store.read(|state| jobs::queue(state, &body.cluster_name))
    })
}

#[derive(Deserialize)]
pub struct CancelBody {
    cluster_name: String,
    job_ids: Vec<i64>,
}

pub async fn cancel(call: Call<CancelBody>) -> Result<Response, Refusal> {
    call.check_write()?;
    let kind = Kind::short("cancel", "cancel");
    Ok(call.submit(kind, async |context, body| {
        let store = &context.server.store;
        store.change(|state| jobs::cancel(state, &body.cluster_name, &body.job_ids))
    }))
}

#[derive(Deserialize)]
pub struct LogsBody {
    cluster_name: String,
    job_id: Option<i64>,
    #[serde(default = "yes")]
    follow: bool,
    #[serde(default)]
    tail: usize,
}

/// The log of a job as text. Errors are part of the text.
pub async fn logs(State(server): State<Arc<Server>>, call: Call<LogsBody>) -> Response {
    let (caller, body, followed) = (call.caller, call.body, server.clone());
    let log = written(move |sink| async move {
        let cluster = body.cluster_name;
        let available = followed.store.read(|state| {
            check_available(state, &cluster, "tailing logs").map(|found| found.workspace.clone())
        });
        let checked =
            available.and_then(|workspace| check_workspace(&followed, &caller, &workspace));
        match checked {
            Err(exception) => sink.send(format!("{exception}\n")).await,
            Ok(()) => {
                let tail = (body.tail > 0).then_some(body.tail);
                jobs::follow(followed, cluster, body.job_id, (body.follow, tail), sink).await
            }
        }
    });
    text_stream(&server, log)
}
