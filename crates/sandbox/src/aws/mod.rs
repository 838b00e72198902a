//! AWS's Security Token Service (STS) as far as credentials need it: who one is, and sessions made of keys or of a role.
//! Any key pair that could be one of AWS's is accepted, each in the account that AWS's ids of keys name; it serves plain
//! HTTP, because a certificate of our own would have to be told to every client.

mod access_key;
mod identity;
mod listener;
mod query;
mod security_tokens;
mod sessions;

pub use identity::Identity;
pub use listener::SecurityTokenServer;
pub use query::{Code, Refusal};
pub use security_tokens::SecurityTokens;
