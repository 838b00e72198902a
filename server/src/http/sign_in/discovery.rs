//! A provider's metadata: its endpoints and keys.

use super::{
    http_client::{ProviderHttp, ProviderHttpError},
    refusal::Refusal,
};
use crate::config::ProviderSettings;
use openidconnect::{
    AuthType, ClientId, ClientSecret, DiscoveryError, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, ProviderMetadataWithLogout,
    core::{CoreClient, CoreClientAuthMethod},
};
use std::time::{Duration, Instant};
use tokio::time::timeout;
use url::Url;

/// The timeout for all requests of one sign-in step.
const TIMEOUT: Duration = Duration::from_secs(5);

pub type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

pub struct Discovered {
    pub client: Client,
    /// The userinfo endpoint.
    pub userinfo: Option<Url>,
    /// The end-session endpoint.
    pub end_session: Option<Url>,
    /// When the metadata was read.
    pub at: Instant,
}

impl Discovered {
    pub async fn ask(settings: &ProviderSettings, http: &ProviderHttp) -> Result<Self, Refusal> {
        let issuer =
            IssuerUrl::new(settings.issuer_name.clone()).map_err(Refusal::misconfigured)?;
        let metadata = in_time(ProviderMetadataWithLogout::discover_async(issuer, http))
            .await?
            .map_err(discovery_refusal)?;
        let end_session = metadata
            .additional_metadata()
            .end_session_endpoint
            .as_ref()
            .map(|url| url.url().clone());
        let userinfo = metadata.userinfo_endpoint().map(|url| url.url().clone());
        let methods = metadata.token_endpoint_auth_methods_supported();
        let by_form = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let secret = settings.client_secret.as_ref();
        let mut client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(settings.client_id.clone()),
            secret.map(|secret| ClientSecret::new(secret.expose().to_owned())),
        );
        if by_form {
            client = client.set_auth_type(AuthType::RequestBody);
        }
        Ok(Self {
            client,
            userinfo,
            end_session,
            at: Instant::now(),
        })
    }
}

/// The output of `conversation`, if it completes in time.
pub async fn in_time<T>(conversation: impl Future<Output = T>) -> Result<T, Refusal> {
    timeout(TIMEOUT, conversation)
        .await
        .map_err(|elapsed| Refusal::Unavailable(elapsed.into()))
}

fn discovery_refusal(error: DiscoveryError<ProviderHttpError>) -> Refusal {
    match error {
        DiscoveryError::Request(error) => error.into(),
        DiscoveryError::Response(status, _, message) if status.is_server_error() => {
            Refusal::Unavailable(message.into())
        }
        DiscoveryError::Response(_, _, message) => Refusal::misconfigured(message),
        other => Refusal::misconfigured(other),
    }
}
