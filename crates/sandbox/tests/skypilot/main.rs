//! The sandbox's SkyPilot API server over HTTP, as a client sees it.

mod aws;
mod credentials;
mod faults;
mod idle;
mod jobs;
mod life;
mod refusals;
mod server;
