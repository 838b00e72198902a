//! Faults of the host cluster's API: latency, errors, dropped watches.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use futures::StreamExt;

use crate::faults::Faults;
use crate::kubernetes::Refusal;

pub fn behind(faults: &Faults, api: Router) -> Router {
    api.layer(middleware::from_fn_with_state(
        faults.clone(),
        inject_faults,
    ))
}

async fn inject_faults(State(faults): State<Faults>, request: Request, next: Next) -> Response {
    let settings = faults.current().kubernetes;
    tokio::time::sleep(Duration::from_millis(settings.latency_ms)).await;
    if faults.count_kubernetes_request() {
        let mut response =
            Refusal::new(429, None, "Too many requests, please try again later.").into_response();
        let after = HeaderValue::from_static("1");
        response.headers_mut().insert(header::RETRY_AFTER, after);
        return response;
    }
    if settings.starting {
        let is_health = matches!(request.uri().path(), "/healthz" | "/livez" | "/readyz");
        let status = if is_health { 500 } else { 403 };
        let text = "[-]poststarthook/rbac/bootstrap-roles failed: not finished";
        return Refusal::new(status, None, text).into_response();
    }
    if let Some(status) = faults.next_kubernetes_failure() {
        let refusal = match status {
            503 => Refusal::unavailable("the server is currently unable to handle the request"),
            _ => Refusal::new(status, None, "injected fault"),
        };
        return refusal.into_response();
    }
    let is_watch = request.uri().query().is_some_and(|query| {
        url::form_urlencoded::parse(query.as_bytes())
            .any(|(name, value)| name == "watch" && matches!(&*value, "true" | "1" | ""))
    });
    // Subscribed before the answer begins: a drop in between counts.
    let mut drops = faults.watch_drops();
    drops.mark_unchanged();
    let response = next.run(request).await;
    if !is_watch {
        return response;
    }
    response.map(|body| {
        let dropped = async move {
            // An error means that nobody can switch any more.
            if drops.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        Body::from_stream(body.into_data_stream().take_until(Box::pin(dropped)))
    })
}
