//! The proxies whose `X-Forwarded-For` is trusted for the client's address. Headers that carry a user's identity are
//! never trusted.

use super::fault::Faults;
use provisioning::outgoing::Network;
use std::net::IpAddr;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    pub(super) fn read(values: &[String], faults: &mut Faults) -> Self {
        let networks = values.iter().filter_map(|word| {
            word.parse::<Network>()
                .map_err(|message| faults.add("trusted_proxies", message))
                .ok()
        });
        Self(networks.collect())
    }

    /// The client's address of a request that `peer` forwarded with this `X-Forwarded-For`: the last address that was
    /// not added by a trusted proxy. Everything before it can be forged.
    pub fn origin(&self, peer: IpAddr, forwarded_for: Option<&str>) -> IpAddr {
        let mut origin = peer.to_canonical();
        let mut hops = forwarded_for.unwrap_or("").rsplit(',');
        while self.trusts(origin) {
            match hops
                .next()
                .and_then(|hop| hop.trim().parse::<IpAddr>().ok())
            {
                Some(hop) => origin = hop.to_canonical(),
                None => break,
            }
        }
        origin
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(values: &[&str]) -> TrustedProxies {
        let values: Vec<_> = values.iter().map(ToString::to_string).collect();
        let mut faults = Faults::default();
        let proxies = TrustedProxies::read(&values, &mut faults);
        assert!(faults.is_empty(), "{faults}");
        proxies
    }

    fn origin(proxies: &TrustedProxies, peer: &str, forwarded: &str) -> String {
        let peer = peer.parse().unwrap();
        proxies.origin(peer, Some(forwarded)).to_string()
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
    fn what_is_no_range_is_refused() {
        for word in ["10.0.0.0/33", "10.0.0", "example.com", "10.0.0.0/-1", ""] {
            let mut faults = Faults::default();
            TrustedProxies::read(&[word.to_owned()], &mut faults);
            assert!(!faults.is_empty(), "{word}");
        }
    }
}
