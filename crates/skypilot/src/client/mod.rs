//! A typed client of the HTTP API of a SkyPilot API server, as version 0.14.1 speaks it.
//!
//! Most calls are requests in SkyPilot's sense: the server answers with a request id at once and does the work later
//! (`requests`). Calls that take long have a `submit_…` here and a result to be fetched; calls that are quick do both.
//! What SkyPilot sends as Python pickles is never read.

mod accelerators;
mod acting;
mod call;
mod capacity;
mod clouds;
mod clusters;
mod config;
mod costs;
mod error;
mod fields;
mod jobs;
mod logs;
mod records;
mod requests;
mod service_accounts;
mod tasks;
mod transport;
mod users;
mod version;
mod words;
mod workspaces;

pub use accelerators::{AcceleratorQuery, InstanceOffer};
pub use acting::{Acting, Identity, Variables};
pub use capacity::TriedPlace;
pub use clusters::{
    Autostop, Cluster, ClusterEvent, ClusterState, InitKind, Refresh, SshCredentials, StatusQuery,
};
pub use config::{ClientConfig, ConfigError, Timeouts};
pub use costs::Cost;
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
use requests::said_no;
use serde::{Deserialize, de::DeserializeOwned};
use transport::{Answered, Transport};
use url::Url;

/// The client. Clones share their connections.
#[derive(Clone, Debug)]
pub struct SkyPilot {
    transport: Transport,
}

/// What a server says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Health {
    /// `healthy`, or `needs_auth` to somebody whom it does not know.
    pub status: String,
    /// The version of its API.
    #[serde(default)]
    pub api_version: String,
    /// Its SkyPilot.
    #[serde(default)]
    pub version: Option<String>,
    /// Whether it asks people for a password.
    #[serde(default)]
    pub basic_auth_enabled: bool,
    /// Whether it accepts service accounts' tokens.
    #[serde(default)]
    pub service_account_token_enabled: bool,
    /// Whether it believes a proxy's header about who somebody is.
    #[serde(default)]
    pub external_proxy_auth_enabled: bool,
    /// Who the server takes the caller for; `None`: nobody in particular.
    #[serde(default)]
    pub user: Option<User>,
}

impl Health {
    /// Whether the server does not know the caller and will refuse everything else.
    pub fn needs_sign_in(&self) -> bool {
        self.status == "needs_auth"
    }
}

impl SkyPilot {
    /// A client; nothing is asked of the server yet.
    ///
    /// # Errors
    /// If address or certificates cannot be used.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            transport: Transport::new(config)?,
        })
    }

    /// Where the server is.
    pub fn url(&self) -> &Url {
        self.transport.url()
    }

    /// Whether tokens can be sent there without others on the way reading them: over https, or on this machine.
    pub fn is_private(&self) -> bool {
        self.transport.is_private()
    }

    /// What the server says about itself. Fails with [`ErrorKind::VersionMismatch`] if it is older than
    /// [`API_VERSION`].
    pub async fn health(&self, identity: &Identity) -> Answer<Health> {
        let call = Call::get("api/health", "say how it is");
        let health: Health = self.answer(identity, &call).await?;
        version::check(&health.api_version, health.version.as_deref())?;
        Ok(health)
    }

    /// The JSON of an answer that is not a request's.
    async fn answer<T: DeserializeOwned>(&self, identity: &Identity, call: &Call) -> Answer<T> {
        let answered = self.transport.send(identity, call).await?;
        if answered.status != 200 {
            return Err(said_no(call.tried, &answered));
        }
        parsed(call.tried, &answered)
    }
}

fn parsed<T: DeserializeOwned>(tried: &str, answered: &Answered) -> Answer<T> {
    serde_json::from_slice(&answered.body).map_err(|error| foreign(tried, &error))
}

/// An answer that is not SkyPilot's. Where a parser stumbled is told, what it stumbled over is not: that may be a key.
fn foreign(tried: &str, error: &serde_json::Error) -> SkyPilotError {
    SkyPilotError::new(
        ErrorKind::Server,
        format!(
            "The SkyPilot API server was asked to {tried} and answered with something that is not SkyPilot's. Is its \
             address right, and is there a proxy in between?"
        ),
    )
    .caused_by(format!(
        "{:?} error at line {}, column {}",
        error.classify(),
        error.line(),
        error.column()
    ))
}
