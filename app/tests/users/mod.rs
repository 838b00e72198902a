//! The pages of people.

mod claim_rules;
mod detail;
mod list;
