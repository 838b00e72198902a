//! The core: use cases, the reconciler that makes desired state so, and the ports they need.
//! Decisions live here; input and output live in the adapters that implement [`ports`].
#![warn(missing_docs)]

pub mod account;
pub mod audit;
pub mod audit_log;
mod authorization;
mod bounded_yaml;
pub mod broker;
pub mod claim_rules;
pub mod clusters;
mod concurrency;
mod core;
pub mod error;
mod idempotency;
pub mod key_rotation;
mod limits;
pub mod node_records;
pub mod nodes;
pub mod outgoing;
mod overview;
mod placing;
pub mod platform;
pub mod ports;
pub mod reconciler;
pub mod records;
pub mod sign_in;
pub mod tenants;
pub mod user_pools;
pub mod users;
pub mod vault;

pub use crate::core::{Core, Parts};

/// A fresh id: uuid v7, so that ids sort by the time they were made.
pub fn new_id<Id: From<uuid::Uuid>>() -> Id {
    Id::from(uuid::Uuid::now_v7())
}

/// Bytes in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
