//! Pages outside the application. They need no styles and scripts, because the site's files may be what is missing.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

/// `title` is text; `head` and `body` are HTML.
pub fn page(status: StatusCode, title: &str, head: &str, body: &str) -> Response {
    let title = escaped(title);
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         {head}<title>{title} · Hangar</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page).into_response()
}

/// Text escaped for HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
