//! No error leaves without words: what a library refuses with an empty or its own plain answer becomes a problem.

use crate::http::problem;
use axum::{extract::Request, middleware::Next, response::Response};
use domain::problem::{Problem, ProblemKind};
use http::{StatusCode, header};

/// Puts problems in the place of wordless errors.
pub async fn find(request: Request, next: Next) -> Response {
    let asked = request.headers().clone();
    let response = next.run(request).await;
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    if !refused || has_words(&response) {
        return response;
    }
    problem::answer(problem_of(status), &asked)
}

fn has_words(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"))
}

fn problem_of(status: StatusCode) -> Problem {
    let (kind, detail) = match status {
        StatusCode::NOT_FOUND => (ProblemKind::NotFound, "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => (
            ProblemKind::MethodNotAllowed,
            "This method does not go with this address.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => return super::body_limit::too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            ProblemKind::UnsupportedMediaType,
            "A body of this type is not taken here.",
        ),
        status if status.is_client_error() => {
            (ProblemKind::BadRequest, "The request cannot be read.")
        }
        status => {
            let reference = uuid::Uuid::now_v7().simple().to_string();
            tracing::error!(%reference, %status, "a request failed without words");
            return Problem::internal(reference);
        }
    };
    Problem::new(kind, detail)
}
