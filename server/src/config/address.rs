//! The address that the portal listens on, and the URL at which users reach it.

use super::fault::Faults;
use url::{Host, Url};

/// The URL at which users reach the portal: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Parses the value of `public_url`.
    pub fn read(text: &str, faults: &mut Faults) -> Option<Self> {
        let mut refuse = |why: &str| {
            faults.none(
                "public_url",
                format!("{why}, for example https://hangar.example.com"),
            )
        };
        let Ok(url) = Url::parse(text) else {
            return refuse("must be a URL");
        };
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return refuse("must begin with https:// (or http://)");
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return refuse("must have no path, because Hangar needs its own host name");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("must not contain a user name or password");
        }
        Some(Self(url.origin().ascii_serialization()))
    }

    /// The origin as browsers write it: `https://hangar.example.com`.
    pub fn origin(&self) -> &str {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether users' sessions cross a network without TLS.
    pub fn is_exposed(&self) -> bool {
        !self.is_https() && !Url::parse(&self.0).is_ok_and(|url| is_this_machine(&url))
    }
}

/// Whether a URL leads to this machine itself.
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The URL of a service: a path may follow the host, and nothing else.
pub fn of_service(key: &str, text: &str, faults: &mut Faults) -> Option<Url> {
    match Url::parse(text) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none() =>
        {
            Some(url)
        }
        _ => faults.none(
            key,
            "must be a URL like https://hangar.example.com, with at most a path after the host",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_its_origin() {
        for (text, origin) in [
            ("https://hangar.example.com/", "https://hangar.example.com"),
            (
                "https://Hangar.Example.com:443",
                "https://hangar.example.com",
            ),
            ("http://10.0.0.1:8080", "http://10.0.0.1:8080"),
        ] {
            let mut faults = Faults::default();
            assert_eq!(PublicUrl::read(text, &mut faults).unwrap().origin(), origin);
        }
    }

    #[test]
    fn http_is_for_this_machine() {
        for (text, exposed) in [
            ("https://hangar.example.com", false),
            ("http://hangar.example.com", true),
            ("http://10.0.0.1:8080", true),
            ("http://[2001:db8::1]", true),
            ("http://localhost.example.com", true),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("http://LOCALHOST", false),
        ] {
            let url = PublicUrl::read(text, &mut Faults::default()).unwrap();
            assert_eq!(url.is_exposed(), exposed, "{text}");
        }
    }

    #[test]
    fn an_address_that_is_more_or_less_than_an_origin_is_refused() {
        for text in [
            "hangar.example.com",
            "ftp://a.b",
            "https://a.b/portal",
            "https://a.b/?x",
            "https://user@a.b",
            "",
        ] {
            let mut faults = Faults::default();
            assert_eq!(PublicUrl::read(text, &mut faults), None, "{text}");
            assert!(!faults.is_empty());
        }
    }
}
