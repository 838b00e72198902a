//! What only nodes have.

mod changes;
mod costs;
pub mod fixtures;
mod listing;
mod orders;
mod progress;
