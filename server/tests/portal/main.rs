//! The whole server in this process, on a database of its own, with the sandbox as identity provider, host cluster and
//! SkyPilot API server.

mod audit_command;
mod bodies;
mod contract;
mod credentials;
mod cross_site;
mod disconnects;
mod event_streams;
mod fixture;
mod identity_provider;
mod mutations;
mod nodes;
mod pages;
mod permissions;
mod platform;
mod program;
mod rest;
mod sessions;
mod sign_in;
#[path = "../skypilot_calls/mod.rs"]
mod skypilot_calls;
mod storage;
mod tenants;
mod users;
