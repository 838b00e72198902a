//! Pages that answer a plain form themselves, because what is sent or what comes of it fits into neither an address nor
//! a cookie.

use axum::Router;
use axum::body::Body;
use axum::extract::{Form, FromRequest};
use axum::http::{Method, Request, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use leptos_axum::render_app_async_with_context;
use serde::de::DeserializeOwned;

use crate::host_clusters::PostedCheck;
use crate::routes;
use crate::users::PostedClaims;

/// Their addresses.
pub const POSTED_PAGES: [&str; 2] = [routes::CLAIM_RULES, routes::HOST_CLUSTERS];

/// A POST to such a page shows the page with the answer in it. `provide` is what the pages' own router is given.
pub fn posted_pages<S>(provide: impl Fn() + Clone + Send + Sync + 'static) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    Router::new()
        .route(
            routes::CLAIM_RULES,
            answer::<PostedClaims, S>(provide.clone()),
        )
        .route(routes::HOST_CLUSTERS, answer::<PostedCheck, S>(provide))
}

/// Shows the page with a form of this shape in its hands.
fn answer<F, S>(provide: impl Fn() + Clone + Send + Sync + 'static) -> MethodRouter<S>
where
    F: DeserializeOwned + Clone + Send + Sync + 'static,
    S: Clone + Send + Sync + 'static,
{
    let render = render_app_async_with_context(provide, crate::shell);
    post(move |request: Request<Body>| {
        let render = render.clone();
        async move {
            match read::<F>(request).await {
                Ok(request) => render(request).await,
                Err(refusal) => refusal,
            }
        }
    })
}

/// The request for the page, with what was sent in its extensions.
async fn read<F>(request: Request<Body>) -> Result<Request<Body>, Response>
where
    F: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let (mut parts, body) = request.into_parts();
    let form = Request::from_parts(parts.clone(), body);
    let Form(posted) = Form::<F>::from_request(form, &())
        .await
        .map_err(IntoResponse::into_response)?;
    parts.method = Method::GET;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    parts.extensions.insert(posted);
    Ok(Request::from_parts(parts, Body::empty()))
}
