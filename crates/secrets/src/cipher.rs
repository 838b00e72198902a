//! The one cipher: XChaCha20-Poly1305, whose nonces are long enough to be drawn at random.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::Rng;
use zeroize::Zeroizing;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// What does not open, or (never in practice) cannot be sealed for its length.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAuthentic;

/// A fresh random key.
pub fn fresh_key() -> Zeroizing<[u8; KEY_BYTES]> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    rand::rng().fill_bytes(key.as_mut());
    key
}

/// Nonce and ciphertext of `text`, which opens with the same `binding` only.
pub fn seal(key: &[u8; KEY_BYTES], binding: &[u8], text: &[u8]) -> Result<Vec<u8>, NotAuthentic> {
    let mut nonce = [0; NONCE_BYTES];
    rand::rng().fill_bytes(&mut nonce);
    let payload = Payload {
        msg: text,
        aad: binding,
    };
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| NotAuthentic)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// What [`seal`] sealed.
pub fn open(
    key: &[u8; KEY_BYTES],
    binding: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, NotAuthentic> {
    let (nonce, sealed) = sealed
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(NotAuthentic)?;
    let payload = Payload {
        msg: sealed,
        aad: binding,
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| NotAuthentic)
}
