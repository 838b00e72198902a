//! The keys at hand: one that seals, and older ones that only open, until what they sealed has been
//! wrapped anew.

use crate::key::Key;
use std::{fmt, path::PathBuf};

/// Keys that cannot be used. Never shows anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Something was sealed under a key that is not there.
    #[error(
        "{where_sealed} was sealed under {needed}, and the keys at hand are {at_hand}; \
         give that key back as the current one or among the old ones, or restore its file"
    )]
    Missing {
        /// The id of the key that is needed.
        needed: String,
        /// What was sealed.
        where_sealed: String,
        /// The ids of those that are there.
        at_hand: String,
    },
    /// The text is no key.
    #[error(
        "{0} holds no key: that is 32 bytes in base64, as `openssl rand -base64 32` prints them"
    )]
    NoKey(String),
    /// Others can read the file.
    #[error(
        "{} can be read by other users of this machine (mode {mode:o}); `chmod 600` it, and think about who may \
         have read it", path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A file cannot be read or written.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// “read” or “write”.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// The key that seals and those that open.
pub struct Keyring {
    current: Key,
    old: Vec<Key>,
}

impl Keyring {
    /// Seals with `current`; opens with all. A key given twice counts once.
    pub fn new(current: Key, old: Vec<Key>) -> Self {
        let mut kept: Vec<Key> = Vec::new();
        for key in old {
            if key.id() != current.id() && kept.iter().all(|other| other.id() != key.id()) {
                kept.push(key);
            }
        }
        Self { current, old: kept }
    }

    /// The key that seals.
    pub fn current(&self) -> &Key {
        &self.current
    }

    /// Every key, the current one first.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.old)
    }

    /// The key with this id.
    pub fn get(&self, id: &str) -> Option<&Key> {
        self.keys().find(|key| key.id() == id)
    }

    /// Makes sure that the key `id`, under which `what` was sealed, is there.
    ///
    /// # Errors
    /// Names the key that is needed and those that are there.
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
