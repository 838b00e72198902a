//! What the core needs from outside, as traits that adapters implement.

pub mod cloud_credentials;
pub mod cloud_review;
pub mod host_clusters;
pub mod machines;
pub mod sealing;
pub mod user_pool;
