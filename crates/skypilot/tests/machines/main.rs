//! The adapter against the sandbox's SkyPilot API server, where machines come up.

mod life;
mod place;
mod trouble;
