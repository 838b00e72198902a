//! Completes error responses: empty or plain-text ones of libraries become problems, and clients are told when to try
//! again.

use crate::http::problem;
use axum::{extract::Request, middleware::Next, response::Response};
use domain::problem::{Problem, ProblemKind};
use http::{HeaderValue, StatusCode, header};

/// Replaces error responses without a problem, and adds `Retry-After` to those that may succeed later.
pub async fn fill(request: Request, next: Next) -> Response {
    let asked = request.headers().clone();
    let mut response = next.run(request).await;
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    if refused && !has_words(&response) {
        let allowed = response.headers_mut().remove(header::ALLOW);
        response = problem::answer(problem_of(status), &asked);
        if let Some(allowed) = allowed {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
    }
    if let Some(seconds) = retry_after(response.status()) {
        response
            .headers_mut()
            .entry(header::RETRY_AFTER)
            .or_insert(HeaderValue::from_static(seconds));
    }
    response
}

/// In seconds.
fn retry_after(status: StatusCode) -> Option<&'static str> {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => Some("5"),
        StatusCode::TOO_MANY_REQUESTS => Some("60"),
        _ => None,
    }
}

fn has_words(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"))
}

fn problem_of(status: StatusCode) -> Problem {
    let (kind, detail) = match status {
        StatusCode::NOT_FOUND => (
            ProblemKind::NotFound,
            "No page or API endpoint exists at this address.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            ProblemKind::MethodNotAllowed,
            "The method is not allowed for this address.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => return super::body_limit::too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            ProblemKind::UnsupportedMediaType,
            "The content type is not supported.",
        ),
        status if status.is_client_error() => {
            (ProblemKind::BadRequest, "The request is malformed.")
        }
        status => {
            let reference = uuid::Uuid::now_v7().simple().to_string();
            tracing::error!(%reference, %status, "a request failed without a problem");
            return Problem::internal(reference);
        }
    };
    Problem::new(kind, detail)
}
