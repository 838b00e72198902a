//! Text that leaves the portal and comes back, such as a cookie: only portals with the same keys can read or make it.

use crate::{cipher, keyring::Keyring};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// Encrypts and decrypts text for one purpose.
pub struct TextSealer {
    /// The key that encrypts, followed by previous ones.
    keys: Vec<Zeroizing<[u8; 32]>>,
}

impl TextSealer {
    /// Derives the keys from the key-encryption keys. Texts of different purposes are not interchangeable.
    pub fn new(keyring: &Keyring, purpose: &str) -> Self {
        let keys = keyring.keys().map(|key| key.derive(purpose)).collect();
        Self { keys }
    }

    /// The text in base64url, which can be opened under the same `binding` only; `None`: the cipher failed.
    pub fn seal(&self, binding: &str, text: &str) -> Option<String> {
        let sealed = cipher::seal(self.keys.first()?, binding.as_bytes(), text.as_bytes()).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The text; `None`: it was changed, sealed under another binding, or not sealed by these keys.
    pub fn open(&self, binding: &str, sealed: &str) -> Option<String> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let text = self
            .keys
            .iter()
            .find_map(|key| cipher::open(key, binding.as_bytes(), &sealed).ok())?;
        String::from_utf8(text.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;

    #[test]
    fn only_the_same_keys_purpose_and_binding_open_it() {
        let text = Key::generate().to_text();
        let key = || Key::from_text(&text).unwrap();
        let sealer = TextSealer::new(&Keyring::new(key(), Vec::new()), "a");
        let sealed = sealer.seal("x", "canary").unwrap();
        assert_eq!(sealer.open("x", &sealed).as_deref(), Some("canary"));
        assert_eq!(sealer.open("y", &sealed), None);
        assert_eq!(sealer.open("x", &sealed[1..]), None);
        let other_purpose = TextSealer::new(&Keyring::new(key(), Vec::new()), "b");
        assert_eq!(other_purpose.open("x", &sealed), None);
        let rotated = TextSealer::new(&Keyring::new(Key::generate(), vec![key()]), "a");
        assert_eq!(rotated.open("x", &sealed).as_deref(), Some("canary"));
        let stranger = TextSealer::new(&Keyring::new(Key::generate(), Vec::new()), "a");
        assert_eq!(stranger.open("x", &sealed), None);
    }
}
