//! A log as plain text, line by line as it is written.

use super::{
    LogRequest,
    reading::{Piece, Reading},
};
use crate::http::{call::Call, layers::disconnects::WhileListened};
use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use domain::{ids::NodeId, problem::Problem};
use futures::Stream;
use http::{HeaderName, header};
use std::io;

/// The log as a response.
///
/// # Errors
/// What the core says, and Unavailable if too many streams are open.
pub async fn text(call: Call, id: NodeId, request: LogRequest) -> Result<Response, Problem> {
    let reading = Reading::start(&call.portal, &call.caller, call.signed, id, request).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies that buffer responses would hold the lines back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let mut response = (headers, Body::from_stream(bytes(reading))).into_response();
    response.extensions_mut().insert(WhileListened);
    Ok(response)
}

enum Progress {
    Reading(Reading),
    Breaking,
    Over,
}

/// The lines. The transfer of a log that is cut off is aborted, so that it does not look complete.
fn bytes(reading: Reading) -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures::stream::unfold(Progress::Reading(reading), |progress| async move {
        match progress {
            Progress::Reading(mut reading) => match reading.next().await {
                Piece::Lines(lines) => Some((Ok(lines.text.into()), Progress::Reading(reading))),
                Piece::Failed(problem) => Some((Ok(last_line(&problem)), Progress::Breaking)),
                Piece::Cut => broken_off().await,
                Piece::Ended => None,
            },
            Progress::Breaking => broken_off().await,
            Progress::Over => None,
        }
    })
}

async fn broken_off() -> Option<(io::Result<Bytes>, Progress)> {
    // An aborted connection drops what has not been written yet; a pause lets that out first.
    tokio::task::yield_now().await;
    Some((Err(io::ErrorKind::ConnectionAborted.into()), Progress::Over))
}

/// Why the log is incomplete.
fn last_line(problem: &Problem) -> Bytes {
    let next_step = problem.next_step.as_deref().unwrap_or_default();
    let line = format!("[Cut off here. {} {next_step}", problem.detail);
    format!("{}]\n", line.trim_end()).into()
}
