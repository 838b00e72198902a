//! The first page: mine first.

mod api;
mod page;

pub use page::OverviewPage;
