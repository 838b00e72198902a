//! The whole server in this process, on a database of its own, with the sandbox as identity provider and host cluster.

mod bodies;
mod cross_site;
mod disconnects;
mod event_streams;
mod fixture;
mod identity_provider;
mod pages;
mod program;
mod rest;
mod sessions;
mod sign_in;
mod storage;
