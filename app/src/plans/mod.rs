//! The plans, for platform admins.

mod api;
mod page;

pub use page::PlansPage;
