//! Logs of nodes, line by line for open pages or as text. A log is passed through and never stored. A reader is cut off
//! when its session, token or permission ends.

mod page;
mod reading;
mod text;

pub use page::{job_file, job_stream, provisioning_file, provisioning_stream};
pub use text::text;

use domain::node::log::NodeLog;

/// Which part of which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogRequest {
    pub log: NodeLog,
    /// Whether to read on until the log ends.
    pub follow: bool,
    /// Only this many of the last lines.
    pub tail: Option<u32>,
}
