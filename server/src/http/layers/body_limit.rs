//! Refuses bodies over one megabyte before they are read.

use crate::http::problem;
use axum::{body::Body, extract::Request, middleware::Next, response::Response};
use domain::problem::{Problem, ProblemKind};
use http::{HeaderValue, StatusCode, Version, header};
use http_body_util::Limited;

/// The maximum size of a body, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// Refuses by the announced length; a body of unknown length fails when it exceeds the limit. Either way the rest of the
/// body is not read, so the connection cannot be used again.
pub async fn limit(request: Request, next: Next) -> Response {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let is_http1 = request.version() <= Version::HTTP_11;
    let mut response = if announced.is_some_and(|length| length > MAX_BODY as u64) {
        problem::answer(too_large(), request.headers())
    } else {
        next.run(request.map(|body| Body::new(Limited::new(body, MAX_BODY))))
            .await
    };
    if is_http1 && response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

pub fn too_large() -> Problem {
    Problem::new(
        ProblemKind::TooLarge,
        "The request body is larger than the limit of 1 MiB.",
    )
}
