//! Secrets at rest. Each secret is sealed under a data key of its own, and the data key under the
//! key-encryption key, which is in none of the places where the secrets are kept.
//!
//! The only crate that knows the cipher (XChaCha20-Poly1305) and the only one that holds the
//! key-encryption key.

mod binding;
mod cipher;
mod envelope;
mod handle_tokens;
mod key;
mod key_directory;
mod key_services;
mod keyring;
mod private_file;
mod wrapping;

pub use envelope::Envelope;
pub use handle_tokens::{HandleTokens, LONGEST_LIFE};
pub use key::Key;
pub use key_directory::KeyDirectory;
pub use key_services::Keys;
pub use keyring::{KeyError, Keyring};
pub use private_file::{write_private, write_private_first};
pub use wrapping::{KeyWrapping, WrappedKey};
