//! Requests that change something must come from our own pages or carry an API token. Browsers report where a request
//! comes from (`Sec-Fetch-Site`, `Origin`, `Referer`); a request without such a header is refused.

use super::host::Origin;
use crate::http::problem;
use axum::{extract::Request, middleware::Next, response::Response};
use domain::problem::{Problem, ProblemKind};
use http::{HeaderMap, HeaderName, Method, header};
use url::Url;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Accepted media types. A form of another site can send `text/plain` without a preflight request, and the body may
/// look like JSON.
const MEDIA_TYPES: [&str; 2] = ["application/json", "application/x-www-form-urlencoded"];

/// Refuses requests of other sites that would change something.
pub async fn refuse(request: Request, next: Next) -> Response {
    if is_safe(request.method()) {
        return next.run(request).await;
    }
    let headers = request.headers();
    if !carries_token(headers) {
        let origin = request.extensions().get::<Origin>();
        if !origin.is_some_and(|origin| comes_from(headers, &origin.0)) {
            let problem = Problem::new(
                ProblemKind::CrossSite,
                "This request did not come from a page of this portal, so nothing was changed.",
            )
            .next("Open the portal and try again there. Programs must use an API token.");
            return problem::answer(problem, headers);
        }
    }
    if let Some(found) = foreign_media_type(headers) {
        let problem = Problem::new(
            ProblemKind::UnsupportedMediaType,
            format!("Content type “{found}” is not supported."),
        )
        .next("Send JSON with Content-Type: application/json.");
        return problem::answer(problem, headers);
    }
    next.run(request).await
}

fn is_safe(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    )
}

/// Browsers never add this header themselves. A request that has it is never authenticated by its session.
pub fn carries_token(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION)
}

fn comes_from(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    if let Some(from) = text(&header::ORIGIN) {
        return from == origin;
    }
    text(&header::REFERER)
        .and_then(|from| Url::parse(from).ok())
        .is_some_and(|from| from.origin().ascii_serialization() == origin)
}

fn foreign_media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?;
    let essence = value
        .to_str()
        .unwrap_or("")
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    (!MEDIA_TYPES.contains(&essence.as_str())).then_some(essence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_our_own_pages_pass() {
        let ours = "https://hangar.example.com";
        for (pairs, passes) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            // What the browser says about the site goes before an origin that looks right.
            (&[("sec-fetch-site", "cross-site"), ("origin", ours)], false),
            (&[("origin", ours)], true),
            (&[("origin", "https://evil.example.com")], false),
            (&[("origin", "https://hangar.example.com.evil.com")], false),
            (&[("origin", "http://hangar.example.com")], false),
            (&[("origin", "null")], false),
            (
                &[("referer", "https://hangar.example.com/clusters?x")],
                true,
            ),
            (
                &[("referer", "https://evil.com/https://hangar.example.com")],
                false,
            ),
            (
                &[("referer", "https://hangar.example.com@evil.com/")],
                false,
            ),
            (&[], false),
        ] {
            assert_eq!(comes_from(&headers(pairs), ours), passes, "{pairs:?}");
        }
    }

    #[test]
    fn text_that_looks_like_json_is_no_json() {
        for (value, foreign) in [
            ("application/json", false),
            ("application/json; charset=utf-8", false),
            ("application/x-www-form-urlencoded", false),
            ("text/plain", true),
            ("text/plain; application/json", true),
            ("multipart/form-data; boundary=x", true),
            ("", true),
        ] {
            let found = foreign_media_type(&headers(&[("content-type", value)]));
            assert_eq!(found.is_some(), foreign, "{value}");
        }
    }
}
