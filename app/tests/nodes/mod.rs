//! The pages of nodes.

mod catalogue;
mod connect;
mod jobs;
mod list;
mod logs;
mod order;
mod orphans;
mod overview;
mod settings;
