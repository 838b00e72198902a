//! The people of the identity provider, where that is a Cognito user pool; for platform admins.

mod api;
mod list_page;
mod person_page;

pub use list_page::PoolPage;
pub use person_page::PoolUserPage;
