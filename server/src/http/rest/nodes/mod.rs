//! `/api/v1/nodes`.

pub mod jobs;
pub mod life;
pub mod logs;
pub mod orders;
pub mod ssh;

use domain::{ids::NodeId, problem::Problem};

/// An id that is none belongs to nothing.
fn node_id(text: &str) -> Result<NodeId, Problem> {
    text.parse().map_err(|_| Problem::not_found("node"))
}
