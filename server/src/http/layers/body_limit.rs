//! Bodies above a megabyte are refused before they are read.

use crate::http::problem;
use axum::{body::Body, extract::Request, middleware::Next, response::Response};
use domain::problem::{Problem, ProblemKind};
use http::header;
use http_body_util::Limited;

/// The most a body may hold, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// Refuses by the announced length; a body of unknown length ends in an error when it grows too long.
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

/// The refusal.
pub fn too_large() -> Problem {
    Problem::new(
        ProblemKind::TooLarge,
        "The body is larger than 1 MiB, the most that is taken here.",
    )
}
