//! Problems over HTTP: `application/problem+json` (RFC 9457) for programs, a small page for browsers.

use super::plain_page::{escaped, page};
use axum::{
    Json,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::{FieldError, Problem, ProblemKind};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error response (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// URI of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:hangar:problem:not-found")]
    kind: String,
    /// Identifies the error and never changes, while its text may.
    #[schema(example = "not_found")]
    code: &'static str,
    /// The same for every problem of the kind.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, and why.
    detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_step: Option<String>,
    /// Invalid fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// Identifies the log entry of an internal error.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// The request, as the header `x-request-id` and the portal's log name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl ProblemDocument {
    fn new(problem: Problem, request_id: Option<&str>) -> Self {
        let status = problem.status();
        Self {
            kind: format!("urn:hangar:problem:{}", problem.kind.slug()),
            code: problem.code,
            title: problem.kind.title(),
            status,
            detail: problem.detail,
            next_step: problem.next_step,
            errors: problem.fields,
            reference: problem.reference,
            request_id: request_id.map(str::to_owned),
        }
    }
}

/// A problem as a response.
#[derive(Debug)]
pub struct ApiProblem(pub Problem);

impl From<Problem> for ApiProblem {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let problem = self.0;
        let status =
            StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = problem.kind;
        let document = ProblemDocument::new(problem.clone(), None);
        let mut response = (status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if kind == ProblemKind::Unauthenticated {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"hangar\""),
            );
        }
        response.extensions_mut().insert(problem);
        response
    }
}

/// Adds the request's id to the document, if `response` is an [`ApiProblem`].
pub fn name_request(mut response: Response, request_id: &str) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let body = Json(ProblemDocument::new(problem, Some(request_id))).into_response();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = body.into_body();
    response
}

/// Whether the response is for a browser that navigates.
pub fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// The problem in the form that the client reads.
pub fn answer(problem: Problem, headers: &HeaderMap) -> Response {
    if wants_html(headers) {
        show(problem)
    } else {
        ApiProblem(problem).into_response()
    }
}

/// Shows browsers that navigate the problems of handlers as pages.
pub async fn show_to_browsers(request: Request, next: Next) -> Response {
    let wants_html = wants_html(request.headers());
    let mut response = next.run(request).await;
    if !wants_html {
        return response;
    }
    match response.extensions_mut().remove() {
        Some(problem) => show(problem),
        None => response,
    }
}

fn show(problem: Problem) -> Response {
    let status =
        StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let next_step = problem.next_step.as_deref().unwrap_or("");
    let reference = problem
        .reference
        .map(|reference| format!("<p>Reference: <code>{}</code></p>", escaped(&reference)))
        .unwrap_or_default();
    let body = format!(
        "<p>{}</p><p>{}</p>{reference}<p><a href=\"/\">Back to the portal</a></p>",
        escaped(&problem.detail),
        escaped(next_step),
    );
    page(status, problem.kind.title(), "", &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    #[tokio::test]
    async fn a_page_about_a_problem_holds_no_markup_from_outside() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
        let problem = Problem::new(ProblemKind::NotFound, "<script>alert(\"1\")</script>");
        let response = answer(problem, &headers);
        assert_eq!(response.status(), 404);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(!text.contains("<script"), "{text}");
    }

    #[tokio::test]
    async fn a_program_gets_the_fields_at_fault() {
        let problem = Problem::invalid(vec![FieldError::new("name", "Begin with a letter.")]);
        let response = answer(problem, &HeaderMap::new());
        assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["type"], "urn:hangar:problem:invalid");
        assert_eq!(json["errors"][0]["field"], "name");
    }
}
