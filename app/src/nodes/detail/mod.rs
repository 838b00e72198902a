//! A node's own page.

mod page;

pub use page::NodePage;
