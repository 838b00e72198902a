//! The one application that may sign people in: the portal.

use sha2::{Digest, Sha256};
use url::{Host, Url};

#[derive(Clone)]
pub struct Client {
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl Client {
    /// The portal, with a secret that is new at every start: the portal is told it by the sandbox.
    pub fn portal() -> Self {
        Self {
            id: "hangar".to_owned(),
            secret: super::random_token(),
        }
    }

    pub fn authenticates(&self, id: &str, secret: &str) -> bool {
        // Digests are compared, so that the time taken tells nothing about how much of a guess was right.
        self.id == id && Sha256::digest(&self.secret) == Sha256::digest(secret)
    }

    /// Whether codes may be sent there: the portal's callback for any provider name, on any port of this machine. The
    /// token request has to name the very same address again.
    pub fn allows_redirect_to(&self, uri: &Url) -> bool {
        is_on_this_machine(uri)
            && uri.fragment().is_none()
            && uri.path_segments().is_some_and(|segments| {
                let segments: Vec<_> = segments.collect();
                matches!(segments[..], ["sign-in", provider, "callback"] if !provider.is_empty())
            })
    }
}

/// Whether an address leads to this machine only.
pub fn is_on_this_machine(uri: &Url) -> bool {
    matches!(uri.scheme(), "http" | "https")
        && uri.username().is_empty()
        && uri.password().is_none()
        && match uri.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sent_only_to_the_portals_callback_on_this_machine() {
        let client = Client::portal();
        for (uri, allowed) in [
            ("http://127.0.0.1:8080/sign-in/sandbox/callback", true),
            ("http://localhost:3000/sign-in/any/callback", true),
            ("https://[::1]/sign-in/sandbox/callback", true),
            ("http://127.0.0.1:8080/sign-in/sandbox/callback#x", false),
            ("http://127.0.0.1:8080/sign-in/callback", false),
            ("http://127.0.0.1:8080/sign-in//callback", false),
            ("http://127.0.0.1:8080/other", false),
            ("http://example.com/sign-in/sandbox/callback", false),
            (
                "http://127.0.0.1@example.com/sign-in/sandbox/callback",
                false,
            ),
            (
                "http://localhost.example.com/sign-in/sandbox/callback",
                false,
            ),
            ("javascript://127.0.0.1/sign-in/sandbox/callback", false),
        ] {
            assert_eq!(
                client.allows_redirect_to(&Url::parse(uri).unwrap()),
                allowed,
                "{uri}"
            );
        }
    }
}
