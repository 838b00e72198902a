//! Stand-ins for an identity provider, Kubernetes, SkyPilot and AWS that live in memory and speak the real protocols.

pub mod aws;
pub mod controllers;
pub mod data_directory;
mod fault_layer;
pub mod faults;
mod http_listener;
pub mod identity;
pub mod kubeconfig;
pub mod kubernetes;
pub mod pki;
mod portal;
mod sandbox;
pub mod skypilot;
mod snapshot;
pub mod tls;
mod virtual_cluster;

pub use controllers::Pace;
pub use faults::Faults;
pub use sandbox::{Sandbox, SandboxOptions};
