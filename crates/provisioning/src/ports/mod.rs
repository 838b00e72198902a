//! What the core needs from outside, as traits that adapters implement.

pub mod changes;
pub mod host_clusters;
pub mod stores;
