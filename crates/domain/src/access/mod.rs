//! The permission table: which roles may perform which actions. Only [`allows`] and [`allows_on_platform`] read it.

mod action;
mod role;
mod table;
mod token_scope;

pub use action::{Action, PlatformAction};
pub use role::{PlatformRole, TenantRole};
pub use table::{allows, allows_on_platform, least_role};
pub use token_scope::{TokenReach, TokenScope};
