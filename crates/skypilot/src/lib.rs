//! GPU nodes: machines that a [SkyPilot](https://docs.skypilot.co) API server launches.
//!
//! `client` is a typed client for the server's HTTP API that reads no pickles. `machines` implements the port
//! [`provisioning::ports::machines::Machines`] with it. `plain_text` turns SkyPilot's terminal output into readable
//! lines.

pub mod client;
mod machines;
mod plain_text;

pub use machines::{AwsAccess, SkyPilotConfig, SkyPilotMachines};
pub use plain_text::PlainText;
