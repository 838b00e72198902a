//! The order form for a node: one page, with a summary that stays in view.

mod page;

pub use page::NewNodePage;
