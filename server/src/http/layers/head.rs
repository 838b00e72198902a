//! `HEAD` runs the handler of `GET` and drops the body, which is harmless for pages only. Elsewhere it would record a download
//! that was not sent, or open a stream.

use crate::http::{no_such_method, pages};
use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderValue, Method, header};

/// Refuses `HEAD` for what is no page.
pub async fn refuse(request: Request, next: Next) -> Response {
    if request.method() != Method::HEAD || pages::may_be_linked(&request) {
        return next.run(request).await;
    }
    let mut response = no_such_method(request).await;
    let get = HeaderValue::from_static("GET");
    response.headers_mut().insert(header::ALLOW, get);
    response
}
