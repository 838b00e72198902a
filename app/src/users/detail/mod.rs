//! One person: who they are, what they may and why, and what can be done about it.

mod access_cards;
mod page;
mod role_card;
mod tenants_card;

pub use page::PersonPage;
