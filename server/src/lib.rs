//! The portal as a program: commands, configuration, wiring and HTTP. A library, so that tests can run the whole
//! server in their own process.

mod audit_heads;
pub mod broker;
pub mod commands;
pub mod config;
pub mod data_directory;
pub mod http;
pub mod keys;
pub mod log;
mod open_files;
pub mod portal;
pub mod server;
pub mod skypilot;
mod user_pools;
pub mod vault;
