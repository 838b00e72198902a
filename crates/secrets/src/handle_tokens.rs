//! Tokens for fetching the short-lived credentials of one workspace for some hours. They are not stored: a token
//! contains everything needed to verify it.

use crate::keyring::Keyring;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The maximum lifetime.
pub const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(12);

/// The prefix of every token, for secret scanners.
const PREFIX: &str = "hgrh_";
const PURPOSE: &str = "hangar credential handle 1";

/// Issues and verifies tokens: `hgrh_<expiry in seconds since 1970>_<HMAC-SHA256 in base64url>`.
pub struct HandleTokens {
    /// The signing key, followed by previous ones.
    keys: Vec<Zeroizing<[u8; 32]>>,
}

impl HandleTokens {
    /// Derives the keys from the key-encryption keys, so that portals that share those accept each other's tokens.
    pub fn new(keyring: &Keyring) -> Self {
        let keys = keyring.keys().map(|key| key.derive(PURPOSE)).collect();
        Self { keys }
    }

    /// A token for `workspace` until `now + life`, at most [`LONGEST_LIFE`]; and its expiry.
    pub fn make(
        &self,
        workspace: &str,
        now: Timestamp,
        life: SignedDuration,
    ) -> (SecretString, Timestamp) {
        let end = now.as_second() + life.min(LONGEST_LIFE).as_secs();
        let code = mac(&self.keys[0], workspace, end).finalize().into_bytes();
        let token = format!("{PREFIX}{end}_{}", URL_SAFE_NO_PAD.encode(code));
        (
            token.into(),
            Timestamp::from_second(end).unwrap_or(Timestamp::MAX),
        )
    }

    /// Whether `token` is valid for `workspace` at `now`.
    pub fn allows(&self, token: &str, workspace: &str, now: Timestamp) -> bool {
        let Some((end, code)) = read(token) else {
            return false;
        };
        let now = now.as_second();
        now < end
            && end <= now + LONGEST_LIFE.as_secs()
            && self
                .keys
                .iter()
                .any(|key| mac(key, workspace, end).verify_slice(&code).is_ok())
    }
}

fn read(token: &str) -> Option<(i64, Vec<u8>)> {
    let (end, code) = token.strip_prefix(PREFIX)?.split_once('_')?;
    Some((end.parse().ok()?, URL_SAFE_NO_PAD.decode(code).ok()?))
}

fn mac(key: &[u8; 32], workspace: &str, end: i64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(&end.to_be_bytes());
    mac.update(workspace.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use secrecy::ExposeSecret;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn tokens() -> HandleTokens {
        HandleTokens::new(&Keyring::new(Key::generate(), Vec::new()))
    }

    #[test]
    fn a_token_is_for_one_workspace_and_ends() {
        let tokens = tokens();
        let (token, end) = tokens.make("hgr-a", now(), HOUR);
        let token = token.expose_secret();
        assert_eq!(end, now() + HOUR);
        assert!(tokens.allows(token, "hgr-a", now()));
        assert!(!tokens.allows(token, "hgr-b", now()));
        assert!(!tokens.allows(token, "hgr-a", end));
    }

    #[test]
    fn what_was_changed_is_refused() {
        let tokens = tokens();
        let (token, end) = tokens.make("hgr-a", now(), HOUR);
        let token = token.expose_secret();
        let (_, code) = token[PREFIX.len()..].split_once('_').unwrap();
        for other in [
            "".to_owned(),
            "hgrh_".into(),
            format!("{PREFIX}{}_{code}", end.as_second() + 60),
            format!("{PREFIX}{}_", end.as_second()),
            token[..token.len() - 2].to_owned(),
            token.replace(PREFIX, "hgr_"),
        ] {
            assert!(!tokens.allows(&other, "hgr-a", now()), "{other}");
        }
        let stranger = HandleTokens::new(&Keyring::new(Key::generate(), Vec::new()));
        assert!(!stranger.allows(token, "hgr-a", now()));
    }

    #[test]
    fn no_token_lives_longer_than_half_a_day() {
        let tokens = tokens();
        let (_, end) = tokens.make("hgr-a", now(), HOUR * 100);
        assert_eq!(end, now() + LONGEST_LIFE);
        // Nor does one that was made by a clock that runs ahead.
        let (ahead, _) = tokens.make("hgr-a", now() + HOUR, LONGEST_LIFE);
        assert!(!tokens.allows(ahead.expose_secret(), "hgr-a", now()));
    }

    #[test]
    fn a_new_key_does_not_end_the_tokens_of_the_old_one() {
        let text = Key::generate().to_text();
        let key = || Key::from_text(&text).unwrap();
        let before = HandleTokens::new(&Keyring::new(key(), Vec::new()));
        let (token, _) = before.make("hgr-a", now(), HOUR);
        let after = HandleTokens::new(&Keyring::new(Key::generate(), vec![key()]));
        assert!(after.allows(token.expose_secret(), "hgr-a", now()));
    }
}
