//! What the core needs from outside, as traits that adapters implement.

pub mod audit_store;
pub mod changes;
pub mod cloud_credentials;
pub mod credential_stores;
pub mod host_clusters;
pub mod machines;
pub mod node_stores;
pub mod people_stores;
pub mod sealing;
pub mod stores;
pub mod tenancy_stores;
pub mod user_pool;
