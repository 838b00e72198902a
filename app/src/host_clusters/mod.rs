//! The host clusters, for platform admins: what is on them, and whether they let the portal work.

mod api;
mod check;
mod page;

#[cfg(feature = "ssr")]
pub use api::PostedCheck;
pub use page::HostClustersPage;
