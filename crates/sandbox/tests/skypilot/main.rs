//! The sandbox's SkyPilot API server over HTTP, as a client sees it.

mod life;
mod refusals;
mod server;
