//! A typed client for the HTTP API of a SkyPilot API server, version 0.14.1.
//!
//! Most calls are asynchronous: the server returns a request id and does the work later (`requests`). Long calls have
//! a `submit_…` here and a result to fetch; short calls do both. Python pickles in responses are never read.

mod accelerators;
mod acting;
mod call;
mod capacity;
mod clouds;
mod clusters;
mod config;
mod error;
mod fields;
mod jobs;
mod logs;
mod messages;
mod records;
mod requests;
mod service_accounts;
mod tasks;
mod transport;
mod users;
mod version;
mod workspaces;

pub use accelerators::{AcceleratorQuery, InstanceOffer};
pub use acting::{Acting, Identity, Variables};
pub use capacity::TriedPlace;
pub use clusters::{
    Autostop, Cluster, ClusterEvent, ClusterState, InitKind, Refresh, SshCredentials, StatusQuery,
};
pub use config::{ClientConfig, ConfigError, Timeouts};
pub use error::{Answer, ErrorKind, SkyPilotError};
pub use jobs::{Job, JobState};
pub use logs::{LogLength, LogStream};
pub use records::{RequestId, RequestList, RequestRecord, RequestState};
pub use service_accounts::{IssuedToken, ServiceAccountToken};
pub use tasks::{Launch, Launched};
pub use users::{Role, User};
pub use version::{API_VERSION, VERSION};
pub use workspaces::{CloudSettings, Workspace};

use call::Call;
pub use clouds::Checked;
use requests::rejection;
use serde::{Deserialize, de::DeserializeOwned};
use transport::{Answered, Transport};
use url::Url;

#[derive(Clone, Debug)]
pub struct SkyPilot {
    transport: Transport,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Health {
    /// `healthy`, or `needs_auth` for an unauthenticated caller.
    pub status: String,
    #[serde(default)]
    pub api_version: String,
    #[serde(default)]
    pub version: Option<String>,
    /// Whether it requires a password.
    #[serde(default)]
    pub basic_auth_enabled: bool,
    /// Whether it accepts tokens of service accounts.
    #[serde(default)]
    pub service_account_token_enabled: bool,
    /// Whether it trusts a proxy's identity header.
    #[serde(default)]
    pub external_proxy_auth_enabled: bool,
    /// The caller's user on the server; `None`: anonymous.
    #[serde(default)]
    pub user: Option<User>,
}

impl Health {
    /// Whether the server rejects every other request of the caller.
    pub fn needs_sign_in(&self) -> bool {
        self.status == "needs_auth"
    }
}

impl SkyPilot {
    /// Creates a client without sending any request.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            transport: Transport::new(config)?,
        })
    }

    pub fn url(&self) -> &Url {
        self.transport.url()
    }

    /// Whether tokens can be sent safely: over https, or on this machine.
    pub fn is_private(&self) -> bool {
        self.transport.is_private()
    }

    /// The server's health. Fails with [`ErrorKind::VersionMismatch`] if the server is older than [`API_VERSION`].
    pub async fn health(&self, identity: &Identity) -> Answer<Health> {
        let call = Call::get("api/health", "return its health");
        let health: Health = self.answer(identity, &call).await?;
        version::check(&health.api_version, health.version.as_deref())?;
        Ok(health)
    }

    /// The JSON of a response that is not the result of a request.
    async fn answer<T: DeserializeOwned>(&self, identity: &Identity, call: &Call) -> Answer<T> {
        let answered = self.transport.send(identity, call).await?;
        if answered.status != 200 {
            return Err(rejection(call.tried, &answered));
        }
        parsed(call.tried, &answered)
    }
}

fn parsed<T: DeserializeOwned>(tried: &str, answered: &Answered) -> Answer<T> {
    serde_json::from_slice(&answered.body).map_err(|error| foreign(tried, &error))
}

/// A response that is not one of SkyPilot. The message contains the position of a syntax error but not the text,
/// which may be a key.
fn foreign(tried: &str, error: &serde_json::Error) -> SkyPilotError {
    SkyPilotError::new(
        ErrorKind::Server,
        format!(
            "The SkyPilot API server was asked to {tried}, and the response is not from SkyPilot. Check the server's \
             URL and whether a proxy responds instead."
        ),
    )
    .caused_by(format!(
        "{:?} error at line {}, column {}",
        error.classify(),
        error.line(),
        error.column()
    ))
}
