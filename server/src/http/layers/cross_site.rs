//! Requests of other sites change nothing and are sent nothing of a user. Browsers report where a request comes from
//! (`Sec-Fetch-Site`, `Origin`, `Referer`).
//!
//! - A request that may change something must come from one of our own pages. Only a request that is authenticated by an
//!   API token, and brings no session that it could end or use, may come from anywhere.
//! - A session that only reads is of no use to other sites, subdomains of the same site among them: browsers say
//!   `Sec-Fetch-Site: cross-site` or `same-site`. Links to pages are the exception. Typed addresses and bookmarks
//!   (`none`) pass, and so do browsers that do not say where a request comes from: `SameSite=Lax` keeps the session out
//!   of all their requests but links, and no other site may read a response.

use super::host::Origin;
use crate::{
    http::{
        identity::{Authenticated, Credential},
        pages, problem,
        rest::PREFIX,
        session::cookie_name,
    },
    portal::Portal,
};
use app::cookie;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::problem::{Problem, ProblemKind};
use http::{HeaderMap, HeaderName, Method, header};
use std::sync::Arc;
use url::Url;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Accepted media types. A form of another site can send `text/plain` without a preflight request, and the body may
/// look like JSON.
const MEDIA_TYPES: [&str; 2] = ["application/json", "application/x-www-form-urlencoded"];

/// Refuses what other sites may not request. Comes after [`crate::http::identity::recognise`].
pub async fn refuse(State(portal): State<Arc<Portal>>, request: Request, next: Next) -> Response {
    let https = portal.addresses.is_https();
    let refused = if is_safe(request.method()) {
        problem_of_read(&request)
    } else {
        problem_of_change(&request, &cookie_name(https))
    };
    match refused {
        Some(problem) => problem::answer(problem, request.headers()),
        None => next.run(request).await,
    }
}

fn problem_of_read(request: &Request) -> Option<Problem> {
    let headers = request.headers();
    let refused = matches!(credential(request), Some(Credential::Session(_)))
        && matches!(
            text(headers, &SEC_FETCH_SITE),
            Some("cross-site" | "same-site")
        )
        && !(is_link(headers) && pages::may_be_linked(request));
    refused.then(|| {
        Problem::new(
            ProblemKind::CrossSite,
            "Another site requested this address in your name, so nothing was sent.",
        )
        .next("Open the portal and continue there.")
    })
}

fn problem_of_change(request: &Request, session_cookie: &str) -> Option<Problem> {
    let headers = request.headers();
    let brings_session = cookie::value(headers, session_cookie).is_some();
    let by_token = matches!(credential(request), Some(Credential::Token(_)));
    let origin = request.extensions().get::<Origin>();
    let from_our_page = || origin.is_some_and(|origin| comes_from(headers, &origin.0));
    if (!by_token || brings_session) && !from_our_page() {
        // Browsers never add this header themselves: a program sent a token that is not valid, or has none.
        let is_program =
            headers.contains_key(header::AUTHORIZATION) || request.uri().path().starts_with(PREFIX);
        if is_program && !brings_session {
            return Some(Problem::unauthenticated());
        }
        return Some(
            Problem::new(
                ProblemKind::CrossSite,
                "This request did not come from a page of this portal, so nothing was changed.",
            )
            .next("Open the portal and try again there. Programs must use an API token."),
        );
    }
    let found = foreign_media_type(headers)?;
    Some(
        Problem::new(
            ProblemKind::UnsupportedMediaType,
            format!("Content type “{found}” is not supported."),
        )
        .next("Send JSON with Content-Type: application/json."),
    )
}

fn credential(request: &Request) -> Option<&Credential> {
    let signed = request.extensions().get::<Authenticated>()?;
    Some(&signed.credential)
}

fn is_safe(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    )
}

/// Whether the browser goes to the address in a window of its own, rather than in a frame or in the background.
fn is_link(headers: &HeaderMap) -> bool {
    text(headers, &SEC_FETCH_MODE) == Some("navigate")
        && matches!(text(headers, &SEC_FETCH_DEST), None | Some("document"))
}

/// A header; empty if it is not ASCII.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or(""))
}

fn comes_from(headers: &HeaderMap, origin: &str) -> bool {
    if let Some(site) = text(headers, &SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    if let Some(from) = text(headers, &header::ORIGIN) {
        return from == origin;
    }
    text(headers, &header::REFERER)
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
