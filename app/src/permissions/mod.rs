//! Who may do what, for platform admins.

mod api;
mod page;

pub use page::PermissionsPage;
