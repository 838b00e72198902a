//! Versions. Client and server tell each other what they are; clients that are too old are turned away.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;

pub const API_VERSION: &str = "62";
pub const VERSION: &str = "0.14.1";
pub const COMMIT: &str = "7e595970a806dcc9eefadf459f399edf1733e962";
const OLDEST_API_VERSION: i64 = 24;
const OLDEST_VERSION: &str = "0.11.0";
const API_VERSION_HEADER: HeaderName = HeaderName::from_static("x-skypilot-api-version");
const VERSION_HEADER: HeaderName = HeaderName::from_static("x-skypilot-version");

/// Checks the client's version. A client that does not tell is let through, and is not told.
pub async fn check_version(request: Request, next: Next) -> Response {
    let Some((api_version, version)) = told(request.headers()) else {
        return next.run(request).await;
    };
    let mut response = match api_version.parse::<i64>() {
        Ok(number) if number >= OLDEST_API_VERSION => next.run(request).await,
        Ok(_) => Refusal::version_mismatch(format!(
            "\u{1b}[33mYour SkyPilot client version is too old:{version}\n\u{1b}[0mThe server is running on {VERSION} and \
             the minimum compatible version is {OLDEST_VERSION}.\nUpgrade your client with:\n\u{1b}[33mpip install -U \
             \"skypilot=={VERSION}\"\u{1b}[0m"
        ))
        .into_response(),
        Err(_) => Refusal::internal(format!(
            "Header X-SkyPilot-API-Version: {api_version} is not a valid API version."
        ))
        .into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(API_VERSION_HEADER, HeaderValue::from_static(API_VERSION));
    headers.insert(VERSION_HEADER, HeaderValue::from_static(VERSION));
    response
}

fn told(headers: &HeaderMap) -> Option<(String, String)> {
    let text = |name| Some(headers.get(name)?.to_str().ok()?.to_owned());
    Some((text(API_VERSION_HEADER)?, text(VERSION_HEADER)?))
}
