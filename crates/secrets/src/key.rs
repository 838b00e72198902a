//! A local key-encryption key.

use crate::cipher::{KEY_BYTES, fresh_key};
use base64::{Engine, engine::general_purpose::STANDARD};
use hkdf::Hkdf;
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// 32 random bytes, and an id derived from them, so that a wrong key is detected before it is used.
pub struct Key {
    id: String,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl Key {
    /// A new random key.
    pub fn generate() -> Self {
        Self::new(fresh_key())
    }

    /// Parses 32 bytes in base64, as `openssl rand -base64 32` prints them; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let decoded = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        let bytes: &[u8; KEY_BYTES] = decoded.as_slice().try_into().ok()?;
        Some(Self::new(Zeroizing::new(*bytes)))
    }

    /// The inverse of [`Self::from_text`].
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.bytes.as_slice()))
    }

    fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let digest = derive(&bytes, "hangar key id");
        let id = digest[..8]
            .iter()
            .fold("key-".to_owned(), |id, byte| format!("{id}{byte:02x}"));
        Self { id, bytes }
    }

    /// `key-` and 16 hex digits; not secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Derives a key for one purpose (HKDF-SHA256), which reveals neither this key nor keys for other purposes.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        derive(&self.bytes, purpose)
    }
}

fn derive(bytes: &[u8; KEY_BYTES], purpose: &str) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut derived = Zeroizing::new([0; KEY_BYTES]);
    Hkdf::<Sha256>::new(None, bytes)
        .expand(purpose.as_bytes(), derived.as_mut())
        .expect("HKDF-SHA256 gives up to 8160 bytes");
    derived
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.id).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_text_and_shows_only_its_id() {
        let key = Key::generate();
        let text = key.to_text();
        let again = Key::from_text(&format!("{}\n", *text)).unwrap();
        assert_eq!(again.id(), key.id());
        assert_ne!(Key::generate().id(), key.id());
        let shown = format!("{key:?}");
        assert!(shown.contains(key.id()) && !shown.contains(&**text));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "secret", "c2hvcnQ=", &STANDARD.encode([7; 33])] {
            assert!(Key::from_text(text).is_none(), "{text}");
        }
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let key = Key::generate();
        assert_ne!(*key.derive("a"), *key.derive("b"));
        assert_eq!(*key.derive("a"), *key.derive("a"));
        assert_ne!(*key.derive("a"), *Key::generate().derive("a"));
    }
}
