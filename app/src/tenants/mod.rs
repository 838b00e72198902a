//! Tenants: the lists, and the page of one with members, invitations, environments, credentials and settings.

pub mod credentials;
mod detail;
mod functions;
mod invite_form;
mod limit_meters;
mod limits;
mod list;
mod name_and_slug;
mod permissions;

pub use detail::detail;
pub use invite_form::{InviteForm, InviteTo};
pub use limit_meters::LimitMeters;
pub use list::{admin_list, list};
