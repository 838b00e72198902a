//! The core: use cases, the reconciler that makes desired state so, and the ports they need.
//! Decisions live here; input and output live in the adapters that implement [`ports`].
#![warn(missing_docs)]

pub mod audit;
pub mod error;
pub mod ports;
pub mod records;

/// A fresh id: uuid v7, so that ids sort by the time they were made.
pub fn new_id<Id: From<uuid::Uuid>>() -> Id {
    Id::from(uuid::Uuid::now_v7())
}
