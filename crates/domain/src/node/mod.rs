//! Nodes: GPU (or CPU) machines launched through a SkyPilot API server.

pub mod catalogue;
pub mod connection;
pub mod job;
pub mod log;
pub mod machine_name;
pub mod name;
pub mod order;
pub mod task;
pub mod view;
