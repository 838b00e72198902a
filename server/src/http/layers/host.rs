//! Checks the host name of a request. With `public_url` only that origin is valid. Without it (sandbox) every name of
//! this machine is valid and all others are refused, so that another site cannot reach a portal without passwords
//! through a DNS name that points to loopback.

use crate::{config::PublicUrl, http::problem};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::problem::{Problem, ProblemKind};
use http::{Method, header};
use std::{net::SocketAddr, sync::Arc};
use url::{Host, Url};

/// The origins at which the portal is reached.
#[derive(Clone, Debug)]
pub enum Addresses {
    Public(PublicUrl),
    /// Any name of this machine; the address is where the portal listens.
    ThisMachine(SocketAddr),
}

/// The origin of this request: `https://hangar.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(pub Arc<str>);

impl Addresses {
    /// The URL to print and to redirect to.
    pub fn main(&self) -> String {
        match self {
            Self::Public(url) => url.origin().to_owned(),
            Self::ThisMachine(address) => format!("http://{address}"),
        }
    }

    pub fn is_https(&self) -> bool {
        matches!(self, Self::Public(url) if url.is_https())
    }

    /// The origin of a request for `host`; `None`: not ours.
    fn origin(&self, host: Option<&str>) -> Option<String> {
        let here = Url::parse(&format!("http://{}", host?)).ok()?;
        match self {
            Self::Public(url) => {
                let ours = Url::parse(url.origin()).ok()?;
                let port = |url: &Url| url.port();
                let same = here.host() == ours.host() && port(&here) == port(&ours);
                same.then(|| url.origin().to_owned())
            }
            Self::ThisMachine(_) => {
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

/// Sets the [`Origin`]; redirects browsers that use another host name.
pub async fn recognise(
    State(addresses): State<Arc<Addresses>>,
    mut request: Request,
    next: Next,
) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| {
            request
                .uri()
                .authority()
                .map(|authority| authority.as_str())
        });
    let origin = match (addresses.origin(host), &*addresses) {
        (Some(origin), _) => origin,
        // Probes and programs inside a cluster use other names; only browsers are redirected.
        (None, Addresses::Public(url)) => {
            let moved = request.method() == Method::GET && problem::wants_html(request.headers());
            if moved {
                let path = request
                    .uri()
                    .path_and_query()
                    .map_or("/", |path| path.as_str());
                return Redirect::temporary(&format!("{}{path}", url.origin())).into_response();
            }
            url.origin().to_owned()
        }
        (None, Addresses::ThisMachine(_)) => {
            let here = addresses.main();
            let problem = Problem::new(
                ProblemKind::BadRequest,
                format!("This portal is a sandbox and can only be reached at {here}."),
            );
            return problem::answer(problem, request.headers());
        }
    };
    request.extensions_mut().insert(Origin(origin.into()));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Faults;

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
        for host in ["hangar.example.com:8080", "localhost", "example.com"] {
            assert_eq!(addresses.origin(Some(host)), None, "{host}");
        }
    }
}
