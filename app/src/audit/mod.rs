//! The audit log: of the whole platform for its admins, and of one tenant for whoever may read that.

mod address;
mod api;
mod entry;
mod filters;
mod page;
mod rows;

pub use page::{AuditPage, TenantAuditPage};
