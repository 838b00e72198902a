//! The controllers, as a client that watches the API sees their work.

mod cluster;
mod garbage_collection;
mod namespaces;
mod pods;
mod workloads;
