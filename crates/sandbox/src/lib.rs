//! Stand-ins for an identity provider, Kubernetes and SkyPilot that live in memory and speak the real protocols.

pub mod kubernetes;
