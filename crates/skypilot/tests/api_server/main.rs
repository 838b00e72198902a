//! Client and adapter against a real SkyPilot API server from PyPI, offline, with moto as AWS.

mod credentials;
mod launches;
mod place;
mod process;
mod refusals;
mod restarts;
mod workspaces;
