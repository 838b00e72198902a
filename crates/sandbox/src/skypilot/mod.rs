//! A SkyPilot API server that lives in memory and answers as SkyPilot 0.14.1 does: the same calls, the same asynchronous
//! requests, the same refusals; behind it clouds that are made up. What it knows of clusters, users and workspaces survives
//! a restart, its requests do not.

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
mod names;
mod optimizer;
mod python;
mod requests;
mod server;
mod shell;
mod ssh;
mod ssh_key;
mod store;
mod style;
mod task;
mod tokens;
mod users;
mod workspaces;

pub use listener::{SkypilotOptions, SkypilotServer};
pub use server::Server;
