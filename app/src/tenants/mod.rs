//! Tenants: all of them for platform admins, and each for its members, with people, invitations, environments and settings.

mod api;
mod create_form;
mod environment_panel;
mod environments_tab;
mod invitations_tab;
mod invite_form;
mod known;
mod limit_meters;
mod limits;
mod list_page;
mod member_row;
mod members_tab;
mod name_and_slug;
mod obstacles;
mod own_page;
mod page;
mod rights;
mod settings_tab;

pub use api::list_tenants;
pub use invite_form::InviteForm;
pub use limit_meters::LimitMeters;
pub use list_page::AllTenantsPage;
pub use own_page::TeamsPage;
pub use page::TenantPage;
