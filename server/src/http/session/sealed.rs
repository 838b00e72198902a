//! The provider's ID token, kept for signing out. Because it could be useful elsewhere, it is encrypted with a key
//! derived from the session's id, which only the browser has: the database stores a digest of the id.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tower_sessions::session::Id;

const PURPOSE: &[u8] = b"hangar session id token";

/// Text that only the session's browser can decrypt.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sealed {
    nonce: String,
    text: String,
}

impl Sealed {
    /// Encrypts `text` for the session; `None`: the library failed.
    pub fn new(session: Id, text: &str) -> Option<Self> {
        let mut bytes = text.as_bytes().to_vec();
        let nonce = key(session)?
            .seal_in_place_append_tag(Aad::from(PURPOSE), &mut bytes)
            .ok()?;
        Some(Self {
            nonce: URL_SAFE_NO_PAD.encode(nonce.as_ref()),
            text: URL_SAFE_NO_PAD.encode(bytes),
        })
    }

    /// The text; `None`: encrypted for another session, or changed.
    pub fn open(&self, session: Id) -> Option<String> {
        let nonce = URL_SAFE_NO_PAD.decode(&self.nonce).ok()?;
        let mut bytes = URL_SAFE_NO_PAD.decode(&self.text).ok()?;
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let opened = key(session)?
            .open_in_place(nonce, Aad::from(PURPOSE), &mut bytes)
            .ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }
}

/// Derives a key for this purpose from the 128 random bits of the id.
fn key(session: Id) -> Option<RandomizedNonceKey> {
    let mut bytes = [0; 32];
    Salt::new(HKDF_SHA256, &[])
        .extract(&session.0.to_be_bytes())
        .expand(&[PURPOSE], Length)
        .and_then(|key| key.fill(&mut bytes))
        .ok()?;
    RandomizedNonceKey::new(&AES_256_GCM, &bytes).ok()
}

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_session_it_was_sealed_for_opens_it() {
        let (mine, other) = (Id::default(), Id::default());
        let sealed = Sealed::new(mine, "canary").unwrap();
        assert_eq!(sealed.open(mine).as_deref(), Some("canary"));
        assert_eq!(sealed.open(other), None);
        assert!(!serde_json::to_string(&sealed).unwrap().contains("canary"));
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let session = Id::default();
        let mut sealed = Sealed::new(session, "canary").unwrap();
        sealed.text.replace_range(
            0..1,
            if sealed.text.starts_with('A') {
                "B"
            } else {
                "A"
            },
        );
        assert_eq!(sealed.open(session), None);
    }
}
