//! Stand-ins for an identity provider, Kubernetes and SkyPilot that live in memory and speak the real protocols.

pub mod controllers;
pub mod data_directory;
pub mod faults;
pub mod identity;
pub mod kubeconfig;
pub mod kubernetes;
pub mod pki;
pub mod tls;
