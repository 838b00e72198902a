//! `/admin/users`: the users, their roles and access, for platform admins.

mod claim_rules;
mod detail;
mod functions;
mod invite;
mod list;
mod role_source;
mod rows;
mod sessions;
mod state;

pub use claim_rules::claim_rules;
pub use detail::detail;
pub use invite::invite;
pub use list::list;
pub use role_source::RoleSource;
pub use sessions::sessions;
pub use state::{LastSeen, UserState};
