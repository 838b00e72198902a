//! The proxies whose word is taken for where a request came from. For nothing else: nobody's word is taken for who
//! somebody is.

use super::fault::Faults;
use http::HeaderMap;
use provisioning::outgoing::Network;
use std::net::{IpAddr, SocketAddr};

/// The proxies in front of the portal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    pub(crate) fn read(words: &[String], faults: &mut Faults) -> Self {
        let networks = words.iter().filter_map(|word| {
            word.parse::<Network>()
                .map_err(|message| faults.add("trusted_proxies", message))
                .ok()
        });
        Self(networks.collect())
    }

    /// The address a request came from: that of `peer`, unless it is a trusted proxy. Then it is the last address in
    /// `X-Forwarded-For`, or in `Forwarded` (RFC 7239), that no trusted proxy has written about itself; what stands
    /// before it may be anybody's invention. A proxy writes one of the two and passes the other on as it came, so
    /// where they disagree neither is believed.
    pub fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        // Several headers are one list.
        let list = |name: &str| {
            let values = headers.get_all(name).iter();
            let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
            (!values.is_empty()).then(|| values.join(","))
        };
        let peer = peer.to_canonical();
        let by_x_forwarded_for = list("x-forwarded-for")
            .map(|list| self.last_stranger(peer, list.rsplit(',').map(address)));
        let by_forwarded = list("forwarded")
            .map(|list| self.last_stranger(peer, list.rsplit(',').map(forwarded_for)));
        match (by_x_forwarded_for, by_forwarded) {
            (Some(one), Some(other)) if one != other => peer,
            (one, other) => one.or(other).unwrap_or(peer),
        }
    }

    fn last_stranger(
        &self,
        peer: IpAddr,
        mut hops: impl Iterator<Item = Option<IpAddr>>,
    ) -> IpAddr {
        let mut origin = peer;
        while self.trusts(origin) {
            match hops.next().flatten() {
                Some(hop) => origin = hop,
                None => break,
            }
        }
        origin
    }

    /// Whether `address` is one of them.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }
}

/// The `for` of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| address(value))?
    })
}

/// An address as proxies write it: with or without a port, brackets and quotes.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()))
        .map(|ip| ip.to_canonical())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn proxies(words: &[&str]) -> TrustedProxies {
        let words: Vec<_> = words.iter().map(ToString::to_string).collect();
        let mut faults = Faults::default();
        let proxies = TrustedProxies::read(&words, &mut faults);
        assert!(faults.is_empty(), "{faults}");
        proxies
    }

    fn client(proxies: &TrustedProxies, peer: &str, headers: &[(&'static str, &str)]) -> String {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        proxies
            .client_address(peer.parse().unwrap(), &headers)
            .to_string()
    }

    fn origin(proxies: &TrustedProxies, peer: &str, forwarded: &str) -> String {
        client(proxies, peer, &[("x-forwarded-for", forwarded)])
    }

    #[test]
    fn a_stranger_is_not_believed() {
        for proxies in [proxies(&[]), proxies(&["10.0.0.0/8"])] {
            assert_eq!(
                origin(&proxies, "203.0.113.7", "198.51.100.1"),
                "203.0.113.7"
            );
        }
    }

    #[test]
    fn a_proxy_is_believed_about_its_own_visitor_only() {
        let proxies = proxies(&["10.0.0.0/8", "::1"]);
        for (peer, forwarded, came_from) in [
            ("10.1.2.3", "203.0.113.7", "203.0.113.7"),
            // The visitor has written something before.
            ("10.1.2.3", "127.0.0.1, 203.0.113.7", "203.0.113.7"),
            ("10.1.2.3", "203.0.113.7, 10.9.9.9", "203.0.113.7"),
            ("::1", "2001:db8::1", "2001:db8::1"),
            ("::ffff:10.1.2.3", "203.0.113.7", "203.0.113.7"),
            // Azure's gateways write the port too.
            ("10.1.2.3", "203.0.113.7:51008", "203.0.113.7"),
            ("10.1.2.3", "[2001:db8::1]:51008", "2001:db8::1"),
            ("10.1.2.3", "[2001:db8::1]", "2001:db8::1"),
            ("10.1.2.3", "\"203.0.113.7\"", "203.0.113.7"),
            ("10.1.2.3", "::ffff:203.0.113.7", "203.0.113.7"),
            ("10.1.2.3", "", "10.1.2.3"),
            ("10.1.2.3", "unknown", "10.1.2.3"),
            ("11.1.2.3", "203.0.113.7", "11.1.2.3"),
        ] {
            assert_eq!(
                origin(&proxies, peer, forwarded),
                came_from,
                "{peer} {forwarded}"
            );
        }
    }

    #[test]
    fn forwarded_is_read_too() {
        let proxies = proxies(&["10.0.0.0/8"]);
        for (forwarded, came_from) in [
            ("for=203.0.113.7", "203.0.113.7"),
            ("For=\"[2001:db8::1]:4711\";proto=https", "2001:db8::1"),
            (
                "for=127.0.0.1, by=10.1.1.1; for=203.0.113.7;host=a",
                "203.0.113.7",
            ),
            ("for=203.0.113.7, for=10.9.9.9", "203.0.113.7"),
            ("for=_hidden", "10.1.2.3"),
            ("proto=https", "10.1.2.3"),
        ] {
            let found = client(&proxies, "10.1.2.3", &[("forwarded", forwarded)]);
            assert_eq!(found, came_from, "{forwarded}");
        }
    }

    #[test]
    fn headers_that_disagree_are_not_believed() {
        let proxies = proxies(&["10.0.0.0/8"]);
        let headers = |other| [("x-forwarded-for", "203.0.113.7"), ("forwarded", other)];
        for (other, came_from) in [
            ("for=203.0.113.7", "203.0.113.7"),
            ("for=192.0.2.1", "10.1.2.3"),
        ] {
            assert_eq!(client(&proxies, "10.1.2.3", &headers(other)), came_from);
        }
    }

    #[test]
    fn several_headers_are_one_list() {
        let proxies = proxies(&["10.0.0.0/8"]);
        let headers = [
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-for", "203.0.113.7"),
        ];
        assert_eq!(client(&proxies, "10.1.2.3", &headers), "203.0.113.7");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for word in ["10.0.0.0/33", "10.0.0", "example.com", "10.0.0.0/-1", ""] {
            let mut faults = Faults::default();
            TrustedProxies::read(&[word.to_owned()], &mut faults);
            assert!(!faults.is_empty(), "{word}");
        }
    }
}
