//! One's own account: who one is, and the API tokens.

mod api;
mod page;
mod tokens;

pub use page::AccountPage;
