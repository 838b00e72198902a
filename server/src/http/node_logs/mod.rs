//! Logs of nodes: line by line as events for open pages, or as text. A log is streamed and never buffered whole. A
//! reader is disconnected when the session, token or permission behind it ends.

mod page;
mod reading;
mod text;

pub use page::{job_file, job_stream, provisioning_file, provisioning_stream};
pub use text::text;

use domain::{node::log::NodeLog, problem::Problem};

/// A selection of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogRequest {
    pub log: NodeLog,
    /// Whether to keep reading until the log ends.
    pub follow: bool,
    /// Only the last lines, this many.
    pub tail: Option<u32>,
}

/// Text that is not a number refers to no job.
pub fn job_number(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::not_found("job"))
}
