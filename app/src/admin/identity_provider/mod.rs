//! `/admin/identity-provider`: the users of Cognito user pools, for platform admins.

mod detail;
mod functions;
mod list;
mod state;

pub use detail::detail;
pub use list::list;
