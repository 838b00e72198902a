//! The core: use cases, the reconciler that makes desired state so, and the ports to outside systems.
//! The database is [`persistence`]; other input and output lives in the adapters that implement [`ports`].

pub mod account;
pub mod audit_log;
mod authorization;
mod bounded_yaml;
pub mod broker;
pub mod claim_rules;
pub mod clusters;
mod core;
mod errors;
mod idempotency;
pub mod key_rotation;
pub mod kubeconfig;
pub mod nodes;
pub mod outgoing;
mod overview;
pub mod pem;
pub mod platform;
pub mod ports;
pub mod reconciler;
pub mod resources;
pub mod sign_in;
mod target;
pub mod tenants;
mod usage;
pub mod user_pools;
pub mod users;
pub mod vault;
mod withheld_claims;

pub use crate::core::{Core, Parts};

/// Bytes in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
