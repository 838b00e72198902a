//! A node's own page, in five parts that each have an address.

mod api;
mod connect_tab;
mod cost_card;
mod jobs;
mod log_follower;
mod log_tail;
mod log_view;
mod logs_tab;
mod overview_tab;
mod page;
mod settings;
mod ssh_block;

pub use page::NodePage;
