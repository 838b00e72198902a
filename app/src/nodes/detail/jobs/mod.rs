//! What runs on the node: the queue, and a command to put into it.

mod address;
mod form;
mod queue;
mod row;
mod tab;
#[cfg(feature = "ssr")]
mod way_back;

pub use tab::JobsTab;
#[cfg(feature = "ssr")]
pub use way_back::way_back;
