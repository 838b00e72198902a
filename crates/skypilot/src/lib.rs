//! GPU nodes: machines launched through a [SkyPilot](https://docs.skypilot.co) API server, spoken to over HTTP.
//!
//! `client` is the typed client of the server: every call the portal needs, errors in people's words, nothing that is
//! pickled. `plain_text` makes readable lines of what SkyPilot writes for terminals.

pub mod client;
mod plain_text;

pub use plain_text::PlainText;
