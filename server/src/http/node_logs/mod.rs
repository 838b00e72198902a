//! Logs of nodes on their way to people: line by line into open pages, or as text. A log passes through
//! and is never collected here. A reader is cut off when the session, the token or the right behind it ends.

mod page;
mod reading;
mod text;

pub use page::{job_file, job_stream, provisioning_file, provisioning_stream};
pub use text::text;

use domain::{node::log::NodeLog, problem::Problem};

/// Which part of which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogRequest {
    /// Which log.
    pub log: NodeLog,
    /// Whether to stay until it ends.
    pub follow: bool,
    /// Only the last so many lines.
    pub tail: Option<u32>,
}

/// A number that is none belongs to no job.
pub fn job_number(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::not_found("job"))
}
