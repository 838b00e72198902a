//! The first page: mine first.

mod api;
mod figures;
mod page;

pub use page::OverviewPage;
