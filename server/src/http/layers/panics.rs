//! A panic in a handler is one failed request, not a dead server.

use crate::http::problem::ApiProblem;
use axum::{body::Body, response::IntoResponse};
use domain::problem::Problem;
use http::Response;
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;

type Handler = fn(Box<dyn Any + Send>) -> Response<Body>;

/// Answers a problem; the panic itself is in the log.
pub fn layer() -> CatchPanicLayer<Handler> {
    CatchPanicLayer::custom(answer as Handler)
}

/// The answer to a request whose handler panicked.
pub fn answer(_: Box<dyn Any + Send>) -> Response<Body> {
    let reference = uuid::Uuid::now_v7().simple().to_string();
    tracing::error!(%reference, "a request ended in a panic");
    ApiProblem(Problem::internal(reference)).into_response()
}
