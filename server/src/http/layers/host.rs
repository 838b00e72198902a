//! Under which address the portal is being used. A configured address is the only one; without one (the sandbox) any
//! name of this machine will do, and names from elsewhere are refused, so that no page elsewhere can reach a portal
//! that lets anybody in by pointing a name of its own to loopback.

use crate::{config::PublicUrl, http::problem};
use app::cookie;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::problem::{Problem, ProblemKind};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header, uri::Authority};
use std::{net::SocketAddr, sync::Arc};
use url::{Host, Url};

/// The addresses the portal goes by.
#[derive(Clone, Debug)]
pub enum Addresses {
    /// The configured one.
    Public(PublicUrl),
    /// Any name of this machine; this is where it listens.
    ThisMachine(SocketAddr),
}

/// The origin of this request's portal: `https://hangar.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(pub Arc<str>);

impl Addresses {
    /// The address to print and to send strangers to.
    pub fn main(&self) -> String {
        match self {
            Self::Public(url) => url.origin().to_owned(),
            Self::ThisMachine(address) => format!("http://{address}"),
        }
    }

    /// Whether browsers reach the portal over TLS.
    pub fn is_https(&self) -> bool {
        matches!(self, Self::Public(url) if url.is_https())
    }

    /// The origin of a request that names `host`; `None`: not ours.
    fn origin(&self, host: Option<&str>) -> Option<String> {
        match self {
            Self::Public(url) => {
                let ours = Url::parse(url.origin()).ok()?;
                let here = Url::parse(&format!("{}://{}", ours.scheme(), host?)).ok()?;
                // A proxy that ends TLS may name the port it was asked on itself.
                let is_default = |port: Option<u16>| matches!(port, None | Some(80 | 443));
                let same_port = here.port() == ours.port()
                    || is_default(here.port()) && is_default(ours.port());
                (here.host() == ours.host() && same_port).then(|| url.origin().to_owned())
            }
            Self::ThisMachine(_) => {
                let here = Url::parse(&format!("http://{}", host?)).ok()?;
                let ours = match here.host()? {
                    Host::Ipv4(ip) => ip.is_loopback(),
                    Host::Ipv6(ip) => ip.is_loopback(),
                    Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
                };
                ours.then(|| here.origin().ascii_serialization())
            }
        }
    }
}

/// A browser that comes back with this cookie was sent to the right address a moment ago: a proxy in front hides the
/// name it used, and sending it on again would never end.
const MOVED: &str = "hangar_moved";

/// Refuses requests that name no host or more than one (RFC 9112, section 3.2; RFC 9113, section 8.3.1): a proxy in front
/// may have looked at another name.
pub async fn require_one(request: Request, next: Next) -> Response {
    if names_one_host(&request) {
        return next.run(request).await;
    }
    let problem = Problem::new(
        ProblemKind::BadRequest,
        "The request does not name exactly one host.",
    )
    .next("Send one Host header with the name and port of the portal.");
    problem::answer(problem, request.headers())
}

fn names_one_host(request: &Request) -> bool {
    let parsed = |host: &HeaderValue| {
        let host = host.to_str().ok()?.parse::<Authority>().ok()?;
        (!host.as_str().contains('@')).then_some(host)
    };
    let target = request.uri().authority();
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => target.is_some() || request.version() < Version::HTTP_11,
        (Some(host), None) => parsed(host).is_some_and(|host| {
            target.is_none_or(|target| target.host().eq_ignore_ascii_case(host.host()))
        }),
        (Some(_), Some(_)) => false,
    }
}

/// Notes the origin; sends browsers that came by another name to the right one.
pub async fn recognise(
    State(addresses): State<Arc<Addresses>>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let host = text(headers, header::HOST).or_else(|| {
        request
            .uri()
            .authority()
            .map(|authority| authority.as_str())
    });
    let origin = match (addresses.origin(host), &*addresses) {
        (Some(origin), _) => origin,
        // Probes and programs inside a cluster use names of their own; only people are sent on.
        (None, Addresses::Public(url)) => {
            if request.method() == Method::GET
                && problem::wants_html(headers)
                && !came_through_proxy(&addresses, headers)
            {
                let path = request
                    .uri()
                    .path_and_query()
                    .map_or("/", |path| path.as_str());
                let redirect = Redirect::temporary(&format!("{}{path}", url.origin()));
                let https = addresses.is_https();
                let cookie = cookie::for_server(https, &cookie::name(https, MOVED), "1", 10);
                return ([(header::SET_COOKIE, cookie)], redirect).into_response();
            }
            url.origin().to_owned()
        }
        (None, Addresses::ThisMachine(_)) => {
            let here = addresses.main();
            let problem = Problem::new(
                ProblemKind::BadRequest,
                format!("This portal is a sandbox and is reached at {here} only."),
            );
            return problem::answer(problem, headers);
        }
    };
    request.extensions_mut().insert(Origin(origin.into()));
    next.run(request).await
}

/// Whether the browser used the right name although the request does not show it in `Host`. Believing this of anybody
/// does no harm: it only keeps them where they are.
fn came_through_proxy(addresses: &Addresses, headers: &HeaderMap) -> bool {
    let forwarded = text(headers, header::FORWARDED)
        .into_iter()
        .flat_map(|list| list.split([',', ';']))
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let is_host = name.trim().eq_ignore_ascii_case("host");
            is_host.then(|| value.trim().trim_matches('"'))
        });
    text(headers, HeaderName::from_static("x-forwarded-host"))
        .into_iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .chain(forwarded)
        .any(|host| addresses.origin(Some(host)).is_some())
        || cookie::value(headers, &cookie::name(addresses.is_https(), MOVED)).is_some()
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Faults;
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt as _;

    #[test]
    fn a_sandbox_goes_by_every_name_of_this_machine_and_by_no_other() {
        let addresses = Addresses::ThisMachine(([127, 0, 0, 1], 8080).into());
        for (host, origin) in [
            ("127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("localhost:9090", Some("http://localhost:9090")),
            ("[::1]:8080", Some("http://[::1]:8080")),
            ("evil.example.com", None),
            ("127.0.0.1.evil.com", None),
            ("user@evil.com", None),
            ("", None),
        ] {
            assert_eq!(addresses.origin(Some(host)).as_deref(), origin, "{host}");
        }
        assert_eq!(addresses.origin(None), None);
    }

    #[test]
    fn a_configured_address_is_the_only_one() {
        let url = PublicUrl::read("https://hangar.example.com", &mut Faults::default()).unwrap();
        let addresses = Addresses::Public(url);
        assert_eq!(
            addresses.origin(Some("hangar.example.com")).as_deref(),
            Some("https://hangar.example.com")
        );
        for host in [
            "hangar.example.com:443",
            "hangar.example.com:80",
            "HANGAR.example.com",
        ] {
            let origin = addresses.origin(Some(host));
            assert_eq!(
                origin.as_deref(),
                Some("https://hangar.example.com"),
                "{host}"
            );
        }
        for host in ["hangar.example.com:8080", "localhost", "example.com"] {
            assert_eq!(addresses.origin(Some(host)), None, "{host}");
        }
    }

    /// Asks with these headers, and answers the status.
    async fn status(headers: &[(&str, &str)]) -> u16 {
        let url = PublicUrl::read("https://hangar.example.com", &mut Faults::default()).unwrap();
        let addresses = Arc::new(Addresses::Public(url));
        let router = Router::new()
            .route("/", get(async || "here"))
            .layer(from_fn_with_state(addresses, recognise));
        let mut request = Request::builder().header("accept", "text/html");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn nobody_is_sent_to_where_they_are() {
        for (headers, expected) in [
            (&[("host", "other.example.com")][..], 307),
            (&[("host", "hangar.example.com:443")], 200),
            // CloudFront names its origin; a proxy says what it was asked for, or nothing at all.
            (
                &[
                    ("host", "origin.example.net"),
                    ("x-forwarded-host", "hangar.example.com"),
                ],
                200,
            ),
            (
                &[
                    ("host", "hangar:8080"),
                    ("forwarded", "for=192.0.2.1;host=\"hangar.example.com\""),
                ],
                200,
            ),
            (
                &[
                    ("host", "hangar:8080"),
                    ("cookie", "a=b; __Host-hangar_moved=1"),
                ],
                200,
            ),
            // Planted by another subdomain.
            (
                &[("host", "hangar:8080"), ("cookie", "a=b; hangar_moved=1")],
                307,
            ),
            (&[("host", "hangar:8080"), ("cookie", "a=b")], 307),
        ] {
            assert_eq!(status(headers).await, expected, "{headers:?}");
        }
    }

    #[test]
    fn a_request_names_one_host() {
        let ours = "hangar.example.com";
        let other = "evil.example.com";
        for (target, hosts, version, one) in [
            ("/", &[ours][..], Version::HTTP_11, true),
            ("/", &["[::1]:8080"], Version::HTTP_11, true),
            ("/", &[], Version::HTTP_10, true),
            ("https://hangar.example.com/", &[], Version::HTTP_2, true),
            (
                "https://hangar.example.com/",
                &["HANGAR.example.com"],
                Version::HTTP_2,
                true,
            ),
            ("/", &[ours, other], Version::HTTP_11, false),
            ("/", &[ours, ours], Version::HTTP_11, false),
            ("/", &[ours, ours], Version::HTTP_10, false),
            ("/", &[], Version::HTTP_11, false),
            ("/", &[""], Version::HTTP_11, false),
            (
                "/",
                &["hangar.example.com, evil.example.com"],
                Version::HTTP_11,
                false,
            ),
            ("/", &["user@hangar.example.com"], Version::HTTP_11, false),
            (
                "https://hangar.example.com/",
                &[other],
                Version::HTTP_2,
                false,
            ),
            ("http://evil.example.com/", &[ours], Version::HTTP_11, false),
        ] {
            let mut request = Request::builder().uri(target).version(version);
            for host in hosts {
                request = request.header("host", *host);
            }
            let request = request.body(Body::empty()).unwrap();
            assert_eq!(names_one_host(&request), one, "{target} {hosts:?}");
        }
    }
}
