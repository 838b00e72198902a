//! Where the portal may be sent by what tenants type in: not into its own network.
//! Ranges: <https://www.iana.org/assignments/iana-ipv4-special-registry>,
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// A range of addresses: `10.0.0.0/8`, `::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let read = || {
            let address: IpAddr = address.trim().parse().ok()?;
            let longest = if address.is_ipv4() { 32 } else { 128 };
            let prefix = match prefix {
                Some(prefix) => prefix.parse().ok()?,
                None => longest,
            };
            (prefix <= longest).then_some(Self { address, prefix })
        };
        read().ok_or_else(|| format!("`{text}` is no address range; write it like 10.0.0.0/8"))
    }
}

impl Network {
    /// Whether `address` is in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differ = network.to_bits() ^ address.to_bits();
                differ.leading_zeros() >= self.prefix
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differ = network.to_bits() ^ address.to_bits();
                differ.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

/// Which addresses may be connected to on a tenant's word: public ones, and those that the configuration names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutgoingRules {
    allowed: Vec<Network>,
}

impl OutgoingRules {
    /// Lets the networks pass besides public addresses.
    pub fn new(allowed: Vec<Network>) -> Self {
        Self { allowed }
    }

    /// Whether `address` may be connected to.
    pub fn permit(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|network| network.holds(address)) || is_public(address)
    }
}

/// Whether `address`, which is no IPv4 address in the form of an IPv6 one, is out in the world.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        // This network, private, loopback, multicast and reserved.
        (0 | 10 | 127 | 224..=255, _, _) => true,
        // Shared by customers of a provider, which clouds use inside.
        (100, 64..=127, _) => true,
        // Link-local: the clouds' metadata.
        (169, 254, _) => true,
        (172, 16..=31, _) | (192, 168, _) => true,
        // Protocols, documentation, relays, measurements.
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) => {
            true
        }
        _ => false,
    };
    !special
}

/// Global unicast only, without what leads to an IPv4 address in another way.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global = a & 0xe000 == 0x2000;
    // Teredo and other protocols (2001::/23), documentation, 6to4.
    let special = a == 0x2001 && (b < 0x200 || b == 0xdb8) || a == 0x2002 || a == 0x3fff;
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(rules: &OutgoingRules, text: &str) -> bool {
        rules.permit(text.parse().unwrap())
    }

    #[test]
    fn the_portals_own_network_is_out_of_reach_however_it_is_written() {
        let rules = OutgoingRules::default();
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "2001::1",
            "fe80::1",
            "fd00:ec2::254",
            "ff02::1",
        ] {
            assert!(!permits(&rules, address), "{address}");
        }
    }

    #[test]
    fn public_addresses_may_be_reached() {
        let rules = OutgoingRules::default();
        for address in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(permits(&rules, address), "{address}");
        }
    }

    #[test]
    fn what_the_configuration_names_may_be_reached_and_nothing_beside_it() {
        let rules = OutgoingRules::new(vec!["10.1.0.0/16".parse().unwrap()]);
        assert!(permits(&rules, "10.1.2.3"));
        assert!(permits(&rules, "::ffff:10.1.2.3"));
        assert!(!permits(&rules, "10.2.0.1"));
        assert!(!permits(&rules, "127.0.0.1"));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "example.com"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
