//! A provider's metadata: its endpoints and keys.

use super::{
    http_client::{ProviderHttp, ProviderHttpError},
    id_token::Keys,
    issuer::Issuer,
    refusal::Refusal,
};
use crate::config::ProviderSettings;
use oauth2::{
    AccessToken, AuthType, AuthUrl, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    RefreshToken, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
    basic::{
        BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
        BasicTokenType,
    },
};
use openidconnect::{
    DiscoveryError, IssuerUrl, ProviderMetadataWithLogout,
    core::{CoreClientAuthMethod, CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    time::{Duration, Instant},
};
use tokio::time::timeout;
use url::Url;

/// The timeout for all requests of one sign-in step.
const TIMEOUT: Duration = Duration::from_secs(5);

pub type Client = oauth2::Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The token endpoint's answer, as far as it is used.
#[derive(Deserialize, Serialize)]
pub struct Tokens {
    access_token: AccessToken,
    pub id_token: Option<String>,
    #[serde(skip, default = "bearer")]
    kind: BasicTokenType,
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl TokenResponse for Tokens {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }
    fn token_type(&self) -> &BasicTokenType {
        &self.kind
    }
    fn expires_in(&self) -> Option<Duration> {
        None
    }
    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }
    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

pub struct Discovered {
    pub client: Client,
    keys: Vec<CoreJsonWebKey>,
    /// Whether the provider signs with the client secret.
    signs_with_secret: bool,
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
        let authorization = metadata.authorization_endpoint().url();
        let token = metadata
            .token_endpoint()
            .ok_or_else(|| Refusal::misconfigured("the provider has no token endpoint"))?
            .url();
        let site = Issuer::at(&settings.issuer).await;
        // Each request is checked again when it is sent.
        for url in [Some(authorization), end_session.as_ref()]
            .into_iter()
            .flatten()
        {
            site.allows_browsers(url)?;
        }
        for url in [Some(token), userinfo.as_ref()].into_iter().flatten() {
            site.allows_requests(url).await?;
        }

        let methods = metadata.token_endpoint_auth_methods_supported();
        let by_form = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let mut client = oauth2::Client::new(ClientId::new(settings.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(authorization.clone()))
            .set_token_uri(TokenUrl::from_url(token.clone()));
        if let Some(secret) = &settings.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        if by_form {
            client = client.set_auth_type(AuthType::RequestBody);
        }
        let algorithms = metadata.id_token_signing_alg_values_supported();
        Ok(Self {
            client,
            keys: metadata.jwks().keys().clone(),
            signs_with_secret: [
                CoreJwsSigningAlgorithm::HmacSha256,
                CoreJwsSigningAlgorithm::HmacSha384,
                CoreJwsSigningAlgorithm::HmacSha512,
            ]
            .iter()
            .any(|algorithm| algorithms.contains(algorithm)),
            userinfo,
            end_session,
            at: Instant::now(),
        })
    }

    /// The keys that the provider signs with.
    pub fn keys<'a>(&'a self, settings: &'a ProviderSettings) -> Keys<'a> {
        let secret = settings.client_secret.as_ref();
        Keys {
            published: &self.keys,
            client_secret: secret
                .filter(|_| self.signs_with_secret)
                .map(|secret| secret.expose()),
        }
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
