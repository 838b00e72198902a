//! Who may do what: the one table, action by role. [`allows`] and [`allows_on_platform`] are its only readers.

mod action;
mod role;
mod table;
mod token_scope;

pub use action::{Action, PlatformAction};
pub use role::{PlatformRole, TenantRole};
pub use table::{allows, allows_on_platform, least_role};
pub use token_scope::{TokenReach, TokenScope};
