//! `/admin`: the pages for platform admins. The audit log and the list of tenants are beside their pages for tenants.

pub mod host_clusters;
pub mod identity_provider;
pub mod orphans;
mod permissions;
mod plans;
pub mod users;

pub use permissions::permissions;
pub use plans::plans;
