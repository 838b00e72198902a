//! The pages of credentials.

mod detail;
mod list;
mod new;
