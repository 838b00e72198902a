//! Faults of the host cluster's API: latency, errors, dropped watches.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
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
    tokio::time::sleep(faults.kubernetes_latency()).await;
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
