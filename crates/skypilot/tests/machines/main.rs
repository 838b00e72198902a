//! The adapter against the sandbox's SkyPilot API server, where machines become ready.

mod life;
mod place;
mod trouble;
