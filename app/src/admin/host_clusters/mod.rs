//! `/admin/host-clusters`: what runs on each host cluster, and whether the portal has the permissions it needs there.

mod check;
mod functions;
mod list;

pub use list::list;
