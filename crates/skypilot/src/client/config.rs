//! How to get at a SkyPilot API server.

use std::{path::PathBuf, time::Duration};
use url::Url;

/// Where the server is and how long to wait for it.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Its address: `https://skypilot.example.com`, a path before SkyPilot's own included.
    pub url: Url,
    /// A file with the certificates of authorities to trust besides the system's, in PEM.
    pub ca_file: Option<PathBuf>,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// How often something is tried that may pass, the first time included. Never for what must not happen twice.
    pub tries: u32,
}

/// How long to wait.
#[derive(Clone, Debug)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the answer to one HTTP request.
    pub answer: Duration,
    /// For the result of a request that SkyPilot's machines and clouds answer soon: the jobs of a machine on two busy
    /// cores took half a minute.
    pub result: Duration,
    /// For the result of a request that asks clouds, some of which make one wait.
    pub check: Duration,
    /// For the next piece of a stream. The server sends a sign of life every 30 seconds where it can.
    pub idle: Duration,
    /// Before the first repetition; each further one waits up to twice as long.
    pub first_retry: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            result: Duration::from_secs(90),
            check: Duration::from_secs(180),
            idle: Duration::from_secs(120),
            first_retry: Duration::from_millis(250),
        }
    }
}

impl ClientConfig {
    /// The server at `url`, with defaults for everything else.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            ca_file: None,
            timeouts: Timeouts::default(),
            tries: 4,
        }
    }
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The address is not one of a web server.
    #[error(
        "“{0}” is not the address of a SkyPilot API server. Give one like https://skypilot.example.com."
    )]
    Address(Url),
    /// A token over a connection that anybody on the way can read.
    #[error(
        "The SkyPilot API server at {0} is to be given a token over plain http. Use https, or an address on this \
         machine."
    )]
    TokenInClear(Url),
    /// The file with certificates cannot be used.
    #[error("The certificates for the SkyPilot API server in {file} cannot be used: {reason}.")]
    Certificates {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is no HTTP client.
    #[error("No HTTP client can be had: {0}.")]
    Client(String),
}
