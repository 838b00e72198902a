//! Everybody, for platform admins: who they are, which roles they hold and why, and what can be done about it.

mod address;
mod api;
mod claim_rules;
mod detail;
mod invite_page;
mod list_page;
mod rows;
mod state;
mod why;

pub use claim_rules::ClaimRulesPage;
#[cfg(feature = "ssr")]
pub use claim_rules::PostedClaims;
pub use detail::PersonPage;
pub use invite_page::InvitePage;
pub use list_page::UsersPage;
pub use state::{LastSeen, StateOfPerson};
pub use why::Why;
