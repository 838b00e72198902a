//! The cipher: XChaCha20-Poly1305, whose nonces are long enough to be random.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::Rng;
use zeroize::Zeroizing;

pub const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Decryption failed, or (never in practice) the text is too long to encrypt.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAuthentic;

pub fn fresh_key() -> Zeroizing<[u8; KEY_BYTES]> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    rand::rng().fill_bytes(key.as_mut());
    key
}

/// Returns nonce and ciphertext of `text`, which decrypts only with the same `binding`.
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

/// Decrypts the output of [`seal`].
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
