//! The pages of users.

mod claim_rules;
mod detail;
mod list;
