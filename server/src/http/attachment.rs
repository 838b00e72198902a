//! Responses that browsers save as files.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// A file that nothing on the way keeps a copy of.
pub fn attachment(
    content: impl IntoResponse,
    media_type: &'static str,
    file_name: &str,
) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Names of clusters and nodes are DNS labels, so the file name needs no quoting.
    let disposition = format!("attachment; filename=\"{file_name}\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
