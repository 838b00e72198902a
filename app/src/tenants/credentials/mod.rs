//! Cloud credentials of a tenant. Secrets are written only: no page, address or error contains one.

mod detail;
mod form;
mod functions;
mod list;
mod secret_fields;
mod state;

pub use detail::detail;
pub use form::new;
pub use list::Credentials;
