//! GPU nodes: machines launched through a [SkyPilot](https://docs.skypilot.co) API server, spoken to over HTTP.
//!
//! `client` is the typed client of the server: every call the portal needs, errors in people's words, nothing that is
//! pickled. `machines` is the port [`provisioning::ports::machines::Machines`] on top of it. `plain_text` makes readable
//! lines of what SkyPilot writes for terminals.

pub mod client;
mod machines;
mod plain_text;

pub use machines::{AwsAccess, SkyPilotConfig, SkyPilotMachines};
pub use plain_text::PlainText;
