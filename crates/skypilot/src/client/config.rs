//! How to connect to a SkyPilot API server.

use std::{path::PathBuf, time::Duration};
use url::Url;

/// The server's URL and timeouts.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// `https://skypilot.example.com`, including a path prefix.
    pub url: Url,
    /// A file with additional certificate authorities to trust, in PEM.
    pub ca_file: Option<PathBuf>,
    pub timeouts: Timeouts,
    /// The number of attempts for idempotent calls, including the first.
    pub tries: u32,
}

#[derive(Clone, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    /// For the response to one HTTP request.
    pub answer: Duration,
    /// For the result of a request that SkyPilot's machines and clouds complete quickly: listing the jobs of a
    /// machine with two busy cores took half a minute.
    pub result: Duration,
    /// For the result of a request that queries clouds, some of which are slow.
    pub check: Duration,
    /// For the next chunk of a stream. The server sends a heartbeat every 30 seconds where it can.
    pub idle: Duration,
    /// Before the first retry; each further one waits up to twice as long.
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
    /// The server at `url` with default settings.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            ca_file: None,
            timeouts: Timeouts::default(),
            tries: 4,
        }
    }
}

/// The configuration is invalid.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The URL is not one of a web server.
    #[error(
        "“{0}” is not the URL of a SkyPilot API server. Use a URL like https://skypilot.example.com."
    )]
    Address(Url),
    /// A token would be sent over an unencrypted connection.
    #[error(
        "A token would be sent to the SkyPilot API server at {0} over plain http. Use https, or an address of this \
         machine."
    )]
    TokenInClear(Url),
    /// The certificate file is invalid.
    #[error("The certificates for the SkyPilot API server in {file} are not usable: {reason}.")]
    Certificates { file: PathBuf, reason: String },
    /// The HTTP client could not be created.
    #[error("Cannot create an HTTP client: {0}.")]
    Client(String),
}
