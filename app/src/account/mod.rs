//! One's own account: who one is, and the API tokens.

mod api;
mod page;
mod token_form;
mod tokens;

pub use page::AccountPage;
