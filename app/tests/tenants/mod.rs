//! The pages of tenants.

mod environments;
mod list;
mod members;
mod settings;
