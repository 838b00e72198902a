//! Refuses bodies over one megabyte before they are read.

use crate::http::problem;
use axum::{body::Body, extract::Request, middleware::Next, response::Response};
use domain::problem::{Problem, ProblemKind};
use http::header;
use http_body_util::Limited;

/// The maximum size of a body, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// Refuses by the announced length; a body of unknown length fails when it exceeds the limit.
pub async fn limit(request: Request, next: Next) -> Response {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY as u64) {
        return problem::answer(too_large(), request.headers());
    }
    next.run(request.map(|body| Body::new(Limited::new(body, MAX_BODY))))
        .await
}

pub fn too_large() -> Problem {
    Problem::new(
        ProblemKind::TooLarge,
        "The request body is larger than the limit of 1 MiB.",
    )
}
