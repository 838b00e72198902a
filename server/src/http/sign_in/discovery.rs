//! A provider's metadata: its endpoints and keys.

use super::{
    http_client::{ProviderHttp, ProviderHttpError},
    id_token::Keys,
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
use provisioning::outgoing::OutgoingRules;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    net::IpAddr,
    time::{Duration, Instant},
};
use tokio::{net::lookup_host, time::timeout};
use url::{Host, Url};

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

/// Where the issuer is. Its metadata may not send the portal anywhere that is less public, or less private.
struct Issuer {
    on_this_machine: bool,
    in_private_network: bool,
}

impl Issuer {
    async fn at(url: &Url) -> Self {
        Self {
            on_this_machine: addresses(url).await.iter().any(IpAddr::is_loopback),
            in_private_network: is_private(url).await,
        }
    }

    fn allows_browsers(&self, url: &Url) -> Result<(), Refusal> {
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.on_this_machine => Ok(()),
            _ => Err(Refusal::misconfigured(format!(
                "the provider's endpoint at {} must begin with https://",
                url.host_str().unwrap_or("an unknown host")
            ))),
        }
    }

    async fn allows_requests(&self, url: &Url) -> Result<(), Refusal> {
        self.allows_browsers(url)?;
        if !self.in_private_network && is_private(url).await {
            return Err(Refusal::misconfigured(format!(
                "the provider's endpoint at {} has a private address, and the issuer has a public one",
                url.host_str().unwrap_or("an unknown host")
            )));
        }
        Ok(())
    }
}

async fn is_private(url: &Url) -> bool {
    let public = OutgoingRules::default();
    addresses(url)
        .await
        .into_iter()
        .any(|address| !public.permit(address))
}

/// Empty if the name is not known: the request itself will say so.
async fn addresses(url: &Url) -> Vec<IpAddr> {
    let port = url.port_or_known_default().unwrap_or(443);
    match url.host() {
        Some(Host::Ipv4(ip)) => vec![ip.into()],
        Some(Host::Ipv6(ip)) => vec![ip.into()],
        Some(Host::Domain(name)) => match timeout(TIMEOUT, lookup_host((name, port))).await {
            Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
            _ => Vec::new(),
        },
        None => Vec::new(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn metadata_may_not_send_the_portal_or_browsers_elsewhere() {
        let public = Issuer {
            on_this_machine: false,
            in_private_network: false,
        };
        let private = Issuer {
            on_this_machine: false,
            in_private_network: true,
        };
        let here = Issuer {
            on_this_machine: true,
            in_private_network: true,
        };
        for (issuer, url, browsers, requests) in [
            (&public, "http://8.8.8.8/token", false, false),
            (&public, "https://8.8.8.8/token", true, true),
            (&public, "https://10.0.0.1/token", true, false),
            (&public, "https://169.254.169.254/latest", true, false),
            (&public, "https://[::1]/token", true, false),
            (&public, "javascript:alert(1)", false, false),
            (&public, "file:///etc/passwd", false, false),
            (&private, "https://10.0.0.1/token", true, true),
            (&private, "http://10.0.0.1/token", false, false),
            (&here, "http://127.0.0.1:9000/token", true, true),
            (&here, "javascript:alert(1)", false, false),
        ] {
            let url: Url = url.parse().unwrap();
            assert_eq!(issuer.allows_browsers(&url).is_ok(), browsers, "{url}");
            assert_eq!(
                issuer.allows_requests(&url).await.is_ok(),
                requests,
                "{url}"
            );
        }
    }
}
