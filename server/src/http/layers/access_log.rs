//! A span and one log line per request: method, path, status and time. Query, headers and bodies are never logged, because
//! they contain codes, tokens and what users type.

use crate::http::problem;
use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use domain::ids::UserId;
use http::{HeaderName, HeaderValue};
use std::time::Instant;
use tracing::{Instrument as _, Span, field};

/// The response header with the request's id, to find it in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs the request in a span with an id of its own; an id from outside is ignored. The response carries the id, and a
/// problem document names it.
pub async fn log(request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        %method,
        route,
        user_id = field::Empty,
    );
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let mut response = problem::name_request(response, &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let status = response.status().as_u16();
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        if response.status().is_server_error() {
            tracing::warn!(path, status, took_ms, "answered");
        } else {
            tracing::debug!(path, status, took_ms, "answered");
        }
    });
    response
}

/// Adds the caller to the span of the current request.
pub fn record_user(user: UserId) {
    Span::current().record("user_id", field::display(user));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{layers::disconnects, problem::ApiProblem};
    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use domain::problem::Problem;
    use http_body_util::BodyExt as _;
    use serde_json::Value;
    use std::{
        io,
        sync::{Arc, Mutex},
    };
    use tower::{ServiceBuilder, ServiceExt as _};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn every_line_about_a_request_has_the_id_that_its_response_carries() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let user: UserId = uuid::Uuid::now_v7().into();
        let handler = move || async move {
            record_user(user);
            // What goes on without the request belongs to it all the same.
            tokio::spawn(async { tracing::warn!("inside") }.in_current_span())
                .await
                .unwrap();
            ApiProblem(Problem::not_found("cluster"))
        };
        let app = Router::new().route("/clusters/{id}", get(handler)).layer(
            ServiceBuilder::new()
                .layer(from_fn(log))
                .layer(from_fn(disconnects::outlive)),
        );
        let request = http::Request::get("/clusters/7")
            .body(Body::empty())
            .unwrap();
        let response = app.oneshot(request).await.unwrap();
        let id = response.headers()[REQUEST_ID].to_str().unwrap().to_owned();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let document: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(document["request_id"], id);
        assert_eq!(document["code"], "not_found");
        let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
        let span = &line["span"];
        assert_eq!(span["request_id"], id);
        assert_eq!(span["route"], "/clusters/{id}");
        assert_eq!(span["user_id"], user.to_string());
    }
}
