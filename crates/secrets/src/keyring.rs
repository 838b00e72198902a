//! The local keys: the current one encrypts, and previous ones decrypt until their secrets have been wrapped again.

use crate::key::Key;
use std::{fmt, path::PathBuf};

/// Unusable keys. Errors never contain a part of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A key that protects secrets is missing.
    #[error(
        "{where_sealed} is protected by the key {needed}, but the available keys are {at_hand}; \
         configure that key as the current one or as an old one, or restore its file"
    )]
    Missing {
        needed: String,
        /// The secret that it protects.
        where_sealed: String,
        /// The ids of the available keys.
        at_hand: String,
    },
    /// The text is not a key.
    #[error(
        "{0} is not a key; a key is 32 bytes in base64, as `openssl rand -base64 32` prints them"
    )]
    NoKey(String),
    /// Other users can read the file.
    #[error(
        "{} is readable by other users of this machine (mode {mode:o}); run `chmod 600`, and replace the key if others \
         may have read it", path.display()
    )]
    Exposed { path: PathBuf, mode: u32 },
    #[error("cannot {doing} {}", path.display())]
    File {
        /// “read” or “write”.
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

/// The current key and the previous ones.
pub struct Keyring {
    current: Key,
    old: Vec<Key>,
}

impl Keyring {
    /// `current` encrypts; all decrypt. Duplicates are removed.
    pub fn new(current: Key, old: Vec<Key>) -> Self {
        let mut kept: Vec<Key> = Vec::new();
        for key in old {
            if key.id() != current.id() && kept.iter().all(|other| other.id() != key.id()) {
                kept.push(key);
            }
        }
        Self { current, old: kept }
    }

    pub fn current(&self) -> &Key {
        &self.current
    }

    /// The current key first.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.old)
    }

    pub fn get(&self, id: &str) -> Option<&Key> {
        self.keys().find(|key| key.id() == id)
    }

    /// Fails unless the key `id`, which protects `what`, exists. The error names that key and the existing ones.
    pub fn require(&self, id: &str, what: &str) -> Result<(), KeyError> {
        if self.get(id).is_some() {
            return Ok(());
        }
        let at_hand: Vec<_> = self.keys().map(Key::id).collect();
        Err(KeyError::Missing {
            needed: id.to_owned(),
            where_sealed: what.to_owned(),
            at_hand: at_hand.join(", "),
        })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_missing_is_named() {
        let (current, other) = (Key::generate(), Key::generate());
        let ids = [current.id().to_owned(), other.id().to_owned()];
        let keyring = Keyring::new(current, Vec::new());
        keyring.require(&ids[0], "a token").unwrap();
        let said = keyring.require(&ids[1], "a token").unwrap_err().to_string();
        assert!(
            ids.iter().all(|id| said.contains(id)) && said.contains("a token"),
            "{said}"
        );
    }

    #[test]
    fn a_key_given_twice_counts_once() {
        let text = Key::generate().to_text();
        let key = || Key::from_text(&text).unwrap();
        let keyring = Keyring::new(key(), vec![key(), Key::generate(), key()]);
        assert_eq!(keyring.keys().count(), 2);
    }
}
