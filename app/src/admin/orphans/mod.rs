//! Machines on the SkyPilot API server that belong to no node; for platform admins.

mod functions;
mod list;

pub use list::list;
