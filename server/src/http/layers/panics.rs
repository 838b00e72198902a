//! Turns a panic in a handler into a failed request.

use crate::http::problem::ApiProblem;
use axum::{body::Body, response::IntoResponse};
use domain::problem::Problem;
use http::Response;
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;

type Handler = fn(Box<dyn Any + Send>) -> Response<Body>;

/// Responds with a problem; the panic itself is in the log.
pub fn layer() -> CatchPanicLayer<Handler> {
    CatchPanicLayer::custom(answer as Handler)
}

/// The response to a request whose handler panicked.
pub fn answer(_: Box<dyn Any + Send>) -> Response<Body> {
    let reference = uuid::Uuid::now_v7().simple().to_string();
    tracing::error!(%reference, "a request handler panicked");
    ApiProblem(Problem::internal(reference)).into_response()
}
