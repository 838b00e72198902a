//! Nodes: what is as for clusters is told once more, since the port promises it for both.

mod changes;
mod claims;
mod costs;
pub mod fixtures;
mod listing;
mod orders;
mod progress;
