//! Limits wrong API tokens: each costs a look-up in the database, and anyone can send them.

use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Wrong tokens of an address within [`WINDOW`]. With more, only tokens that were right before are looked up.
const MOST: u32 = 60;
const WINDOW: Duration = Duration::from_mins(1);
/// Of addresses, and of tokens.
const REMEMBERED: usize = 10_000;

/// Per replica.
#[derive(Default)]
pub struct WrongTokens(Mutex<State>);

#[derive(Default)]
struct State {
    wrong: HashMap<IpAddr, Wrong>,
    /// Digests of tokens that were right when they were last looked up. They stay usable for clients that share an address
    /// with one that sends wrong tokens.
    right: HashSet<String>,
}

struct Wrong {
    since: Instant,
    count: u32,
}

impl WrongTokens {
    /// Whether a token from this address may be looked up.
    pub fn may_ask(&self, address: IpAddr, digest: &str, now: Instant) -> bool {
        let state = self.lock();
        let wrong = state.wrong.get(&network(address));
        let is_full = wrong
            .is_some_and(|wrong| now.duration_since(wrong.since) < WINDOW && wrong.count >= MOST);
        !is_full || state.right.contains(digest)
    }

    /// Notes what a look-up found.
    pub fn note(&self, address: IpAddr, digest: String, is_right: bool, now: Instant) {
        let mut state = self.lock();
        if is_right {
            if state.right.len() >= REMEMBERED {
                state.right.clear();
            }
            state.right.insert(digest);
            return;
        }
        state.right.remove(&digest);
        if state.wrong.len() >= REMEMBERED {
            let passed = |wrong: &Wrong| now.duration_since(wrong.since) >= WINDOW;
            state.wrong.retain(|_, wrong| !passed(wrong));
            if state.wrong.len() >= REMEMBERED {
                state.wrong.clear();
            }
        }
        let wrong = state.wrong.entry(network(address)).or_insert(Wrong {
            since: now,
            count: 0,
        });
        if now.duration_since(wrong.since) >= WINDOW {
            *wrong = Wrong {
                since: now,
                count: 0,
            };
        }
        wrong.count += 1;
        if wrong.count == MOST {
            tracing::warn!(
                %address,
                "too many wrong API tokens; if this is a proxy, add its address to trusted_proxies"
            );
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A host with IPv6 has at least 2^64 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// A guard that has seen `MOST` wrong tokens from an address.
    fn full(address: &str, now: Instant) -> WrongTokens {
        let guard = WrongTokens::default();
        guard.note(ip("192.0.2.9"), "right".into(), true, now);
        for number in 0..MOST {
            let digest = format!("wrong-{number}");
            assert!(guard.may_ask(ip(address), &digest, now));
            guard.note(ip(address), digest, false, now);
        }
        guard
    }

    #[test]
    fn an_address_with_many_wrong_tokens_waits_a_minute() {
        let now = Instant::now();
        let guard = full("192.0.2.1", now);
        assert!(!guard.may_ask(ip("192.0.2.1"), "another", now));
        assert!(!guard.may_ask(ip("::ffff:192.0.2.1"), "another", now));
        assert!(guard.may_ask(ip("192.0.2.2"), "another", now));
        assert!(guard.may_ask(ip("192.0.2.1"), "another", now + WINDOW));
        let guard = full("2001:db8::1", now);
        assert!(!guard.may_ask(ip("2001:db8::ffff:2"), "another", now));
        assert!(guard.may_ask(ip("2001:db8:0:1::1"), "another", now));
    }

    #[test]
    fn a_token_that_was_right_stays_usable_until_it_is_wrong() {
        let now = Instant::now();
        let guard = full("192.0.2.1", now);
        assert!(guard.may_ask(ip("192.0.2.1"), "right", now));
        guard.note(ip("192.0.2.1"), "right".into(), false, now);
        assert!(!guard.may_ask(ip("192.0.2.1"), "right", now));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (guard, now) = (WrongTokens::default(), Instant::now());
        for number in 0..=u32::try_from(REMEMBERED).unwrap() {
            let address = IpAddr::V4((0x0a00_0000 + number).into());
            guard.note(address, String::new(), false, now);
            guard.note(address, number.to_string(), true, now);
        }
        let state = guard.lock();
        assert!(state.wrong.len() <= REMEMBERED && state.right.len() <= REMEMBERED);
    }
}
