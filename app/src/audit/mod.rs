//! `/admin/audit` and `/tenants/{slug}/audit`: the audit log of the platform, and that of one tenant.

mod entry;
mod filters;
mod list;
mod rows;

pub use list::{list, tenant_list};
