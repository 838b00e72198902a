//! Secrets at rest: each secret is encrypted with its own data key, which is wrapped by the key-encryption key, which
//! is stored apart from the secrets.
//!
//! The only crate that uses the cipher (XChaCha20-Poly1305) and that holds the key-encryption key.

mod binding;
mod cipher;
mod envelope;
mod handle_tokens;
mod key;
mod key_directory;
mod key_services;
mod keyring;
mod private_file;
mod sealed_text;
mod wrapping;

pub use envelope::Envelope;
pub use handle_tokens::{HandleTokens, LONGEST_LIFE};
pub use key::Key;
pub use key_directory::KeyDirectory;
pub use key_services::Keys;
pub use keyring::{KeyError, Keyring};
pub use private_file::{write_private, write_private_first};
pub use sealed_text::TextSealer;
pub use wrapping::{KeyWrapping, WrappedKey};
