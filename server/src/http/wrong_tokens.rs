//! Limits wrong API tokens: each costs a look-up in the database, and anyone can send them.

use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Different wrong tokens of an address within [`WINDOW`]. With more, only tokens that were right before are looked up.
const MOST: usize = 60;
const WINDOW: Duration = Duration::from_mins(1);
const MOST_ADDRESSES: usize = 2_000;
const MOST_RIGHT: usize = 10_000;

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
    /// Digests.
    tokens: HashSet<String>,
}

/// What to do with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    LookUp,
    /// It was wrong a moment ago: a program that repeats one token counts once.
    Wrong,
    TooMany,
}

impl WrongTokens {
    /// What to do with a token from this address.
    pub fn advise(&self, address: IpAddr, digest: &str, now: Instant) -> Advice {
        let state = self.lock();
        let wrong = state.wrong.get(&network(address));
        match wrong.filter(|wrong| wrong.is_current(now)) {
            Some(wrong) if wrong.tokens.contains(digest) => Advice::Wrong,
            Some(wrong) if wrong.tokens.len() >= MOST && !state.right.contains(digest) => {
                Advice::TooMany
            }
            _ => Advice::LookUp,
        }
    }

    /// Notes what a look-up found.
    pub fn note(&self, address: IpAddr, digest: String, is_right: bool, now: Instant) {
        let mut state = self.lock();
        if is_right {
            if state.right.len() >= MOST_RIGHT {
                state.right.clear();
            }
            state.right.insert(digest);
            return;
        }
        state.right.remove(&digest);
        if state.wrong.len() >= MOST_ADDRESSES {
            state.wrong.retain(|_, wrong| wrong.is_current(now));
            if state.wrong.len() >= MOST_ADDRESSES {
                state.wrong.clear();
            }
        }
        let fresh = || Wrong {
            since: now,
            tokens: HashSet::new(),
        };
        let wrong = state.wrong.entry(network(address)).or_insert_with(fresh);
        if !wrong.is_current(now) {
            *wrong = fresh();
        }
        let is_new = wrong.tokens.len() < MOST && wrong.tokens.insert(digest);
        if is_new && wrong.tokens.len() == MOST {
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

impl Wrong {
    fn is_current(&self, now: Instant) -> bool {
        now.duration_since(self.since) < WINDOW
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

    /// Has seen `MOST` wrong tokens from an address.
    fn full(address: &str, now: Instant) -> WrongTokens {
        let tokens = WrongTokens::default();
        tokens.note(ip("192.0.2.9"), "right".into(), true, now);
        for number in 0..MOST {
            let digest = format!("wrong-{number}");
            assert_eq!(tokens.advise(ip(address), &digest, now), Advice::LookUp);
            tokens.note(ip(address), digest, false, now);
        }
        tokens
    }

    #[test]
    fn an_address_with_many_wrong_tokens_waits_a_minute() {
        let now = Instant::now();
        let tokens = full("192.0.2.1", now);
        let advice = |address: &str, now| tokens.advise(ip(address), "another", now);
        assert_eq!(advice("192.0.2.1", now), Advice::TooMany);
        assert_eq!(advice("::ffff:192.0.2.1", now), Advice::TooMany);
        assert_eq!(advice("192.0.2.2", now), Advice::LookUp);
        assert_eq!(advice("192.0.2.1", now + WINDOW), Advice::LookUp);
        let tokens = full("2001:db8::1", now);
        let advice = |address: &str| tokens.advise(ip(address), "another", now);
        assert_eq!(advice("2001:db8::ffff:2"), Advice::TooMany);
        assert_eq!(advice("2001:db8:0:1::1"), Advice::LookUp);
    }

    #[test]
    fn one_wrong_token_counts_once_and_is_looked_up_once_a_minute() {
        let (tokens, now) = (WrongTokens::default(), Instant::now());
        let address = ip("192.0.2.1");
        for _ in 0..=MOST {
            tokens.note(address, "old".into(), false, now);
        }
        assert_eq!(tokens.advise(address, "old", now), Advice::Wrong);
        assert_eq!(tokens.advise(address, "another", now), Advice::LookUp);
        assert_eq!(tokens.advise(address, "old", now + WINDOW), Advice::LookUp);
    }

    #[test]
    fn a_token_that_was_right_stays_usable_until_it_is_wrong() {
        let now = Instant::now();
        let (tokens, address) = (full("192.0.2.1", now), ip("192.0.2.1"));
        assert_eq!(tokens.advise(address, "right", now), Advice::LookUp);
        tokens.note(address, "right".into(), false, now);
        assert_eq!(tokens.advise(address, "right", now), Advice::TooMany);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (tokens, now) = (WrongTokens::default(), Instant::now());
        for number in 0..=u32::try_from(MOST_RIGHT).unwrap() {
            let address = IpAddr::V4((0x0a00_0000 + number).into());
            tokens.note(address, String::new(), false, now);
            tokens.note(address, number.to_string(), true, now);
            tokens.note(ip("192.0.2.1"), format!("wrong-{number}"), false, now);
        }
        let state = tokens.lock();
        assert!(state.wrong.len() <= MOST_ADDRESSES && state.right.len() <= MOST_RIGHT);
        assert!(state.wrong.values().all(|wrong| wrong.tokens.len() <= MOST));
    }
}
