//! Cloud credentials of a tenant. What is stored is told by everything but its secret, which never comes back.

mod api;
mod detail;
mod new;
mod rows;
mod secret_fields;
mod state;
mod tab;

pub use detail::CredentialPage;
pub use new::NewCredentialPage;
pub use tab::CredentialsTab;
