//! A SkyPilot API server in memory that responds as SkyPilot 0.14.1 does to the calls of the portal, with invented clouds
//! behind it. Clusters, users and workspaces survive a restart; requests do not.

mod actions;
mod catalog;
mod clock;
mod cloud_access;
mod clouds;
mod clusters;
mod credentials;
mod exception;
mod http;
mod jobs;
mod listener;
mod optimizer;
mod python;
mod requests;
mod server;
mod shell;
mod ssh;
mod store;
mod style;
mod task;
mod users;
mod workspaces;

pub use listener::{SkypilotOptions, SkypilotServer};
pub use server::Server;
