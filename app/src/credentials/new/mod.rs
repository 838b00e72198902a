//! Storing a credential: which provider, then its form.

mod form;
mod page;
mod provider_cards;

pub use page::NewCredentialPage;
