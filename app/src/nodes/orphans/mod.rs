//! Machines on the SkyPilot API server that nobody ordered here, for platform admins.

mod api;
mod page;
mod take_down;

pub use page::OrphansPage;
