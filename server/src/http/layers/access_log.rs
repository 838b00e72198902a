//! One log line per request: method, path, status and time. Query, headers and bodies are never logged, because they
//! contain codes, tokens and what users type.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderName, HeaderValue};
use std::time::Instant;
use tracing::Instrument as _;

/// The response header with the request's id, to find it in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Logs the request and generates its id; an id from outside is ignored.
pub async fn log(request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", %id);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let status = response.status().as_u16();
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        if response.status().is_server_error() {
            tracing::warn!(%method, path, status, took_ms, "answered");
        } else {
            tracing::debug!(%method, path, status, took_ms, "answered");
        }
    });
    response
}
