//! One credential: what may be shown of it, and what can be done with it.

mod check_card;
mod danger_zone;
mod facts;
mod page;
mod replace_form;
mod use_card;

pub use page::CredentialPage;
