//! The pages of nodes.

mod catalogue;
mod connect;
mod form;
mod jobs;
mod list;
mod logs;
mod orphans;
mod overview;
mod settings;
