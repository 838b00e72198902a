//! One identity provider: its metadata, and the requests to it.

use super::{
    attempt::Attempt,
    claims,
    discovery::{Discovered, Tokens, in_time},
    http_client::{ProviderHttp, ProviderHttpError},
    id_token::{self, Claims, Expected, TokenError},
    refusal::Refusal,
    userinfo,
};
use crate::config::ProviderSettings;
use jiff::Timestamp;
use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, TokenResponse as _,
};
use provisioning::sign_in::Identity;
use std::{
    borrow::Cow,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use url::Url;

/// Metadata and keys are read again after this time, or earlier if an unknown key appears.
const FRESH: Duration = Duration::from_secs(3600);
/// Limits how often requests can make the portal read the metadata.
const LEAST_AGE: Duration = Duration::from_secs(1);
/// In bytes. The token of a user in many groups has up to 65 kB.
const LONGEST_HINT: usize = 2048;

pub struct Provider {
    settings: ProviderSettings,
    http: ProviderHttp,
    discovered: RwLock<Option<Arc<Discovered>>>,
}

/// A started sign-in.
pub struct SignInStart {
    /// To be stored in the browser.
    pub attempt: Attempt,
    pub address: Url,
}

/// A user that the provider has authenticated.
pub struct AuthenticatedUser {
    pub identity: Identity,
    /// The ID token itself, to sign out with.
    pub id_token: String,
}

impl Provider {
    /// Creates a provider without sending any request.
    pub fn new(settings: ProviderSettings) -> Result<Self, ProviderHttpError> {
        Ok(Self {
            http: ProviderHttp::new(settings.issuer.clone())?,
            settings,
            discovered: RwLock::default(),
        })
    }

    pub fn settings(&self) -> &ProviderSettings {
        &self.settings
    }

    /// Starts a sign-in that returns to `redirect_uri` and then goes to `return_to`.
    pub async fn start(
        &self,
        redirect_uri: String,
        return_to: String,
    ) -> Result<SignInStart, Refusal> {
        // Reads the metadata again, so that no user is redirected to a provider that is down.
        let discovered = self.discovered(LEAST_AGE).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random().into_secret();
        let (address, state) = discovered
            .client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .add_extra_param("nonce", nonce.clone())
            .set_pkce_challenge(challenge)
            .set_redirect_uri(redirect(redirect_uri)?)
            .url();
        Ok(SignInStart {
            attempt: Attempt::new(
                &self.settings.slug,
                state.into_secret(),
                nonce,
                verifier.into_secret(),
                return_to,
            ),
            address,
        })
    }

    /// Exchanges the code for an ID token and verifies it.
    pub async fn redeem(
        &self,
        code: String,
        attempt: Attempt,
        redirect_uri: String,
    ) -> Result<AuthenticatedUser, Refusal> {
        let discovered = self.discovered(FRESH).await?;
        let request = discovered
            .client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.pkce_verifier))
            .set_redirect_uri(redirect(redirect_uri)?);
        let tokens: Tokens = in_time(request.request_async(&self.http))
            .await?
            .map_err(token_refusal)?;
        let access_token = tokens.access_token().secret();
        let id_token = tokens
            .id_token
            .as_ref()
            .ok_or_else(|| Refusal::InvalidToken("the response contains no ID token".into()))?;

        let verified = match id_token::verify(id_token, &discovered.keys(&self.settings)) {
            Err(TokenError::UnknownKey) => {
                // The provider has rotated its keys.
                let renewed = self.discovered(LEAST_AGE).await?;
                id_token::verify(id_token, &renewed.keys(&self.settings))?
            }
            verified => verified?,
        };
        verified.check(
            &Expected {
                issuer: &self.settings.issuer_name,
                client_id: &self.settings.client_id,
                audiences: &self.settings.audiences,
                nonce: &attempt.nonce,
                access_token,
            },
            Timestamp::now(),
        )?;
        let mut claims = verified.claims;
        claims::refuse_access_token(&claims)?;
        if self.settings.userinfo {
            let more = self.userinfo(&discovered, access_token).await?;
            userinfo::add_userinfo(&mut claims, more)?;
        }
        let identity = claims::identity(&self.settings, claims)?;
        Ok(AuthenticatedUser {
            identity,
            id_token: id_token.clone(),
        })
    }

    /// The URL for signing out at the provider, if it has an end-session endpoint.
    pub async fn end_session(&self, id_token: Option<&str>, return_to: &str) -> Option<Url> {
        if let Some(domain) = &self.settings.cognito_domain {
            let mut url = domain.join("/logout").ok()?;
            url.query_pairs_mut()
                .append_pair("client_id", &self.settings.client_id)
                .append_pair("logout_uri", return_to);
            return Some(url);
        }
        let discovered = match self.discovered(FRESH).await {
            Ok(discovered) => discovered,
            Err(refusal) => {
                let error = domain::error::causes(&refusal);
                tracing::warn!(provider = self.settings.slug, %error, "signed out of the portal only");
                return None;
            }
        };
        let mut url = discovered.end_session.clone()?;
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.settings.client_id);
        query.append_pair("post_logout_redirect_uri", return_to);
        // Proxies refuse long addresses. Without the hint the provider asks which user signs out.
        if let Some(token) = id_token.filter(|token| token.len() <= LONGEST_HINT) {
            query.append_pair("id_token_hint", token);
        }
        drop(query);
        Some(url)
    }

    /// Reads the provider's metadata, for `hangar check`.
    pub async fn check(&self) -> Result<(), Refusal> {
        self.discovered(Duration::ZERO).await.map(|_| ())
    }

    /// The provider's metadata, at most `age` old.
    async fn discovered(&self, age: Duration) -> Result<Arc<Discovered>, Refusal> {
        let known = self
            .discovered
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(known) = known.filter(|known| known.at.elapsed() < age) {
            return Ok(known);
        }
        let fresh = Arc::new(Discovered::ask(&self.settings, &self.http).await?);
        *self
            .discovered
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        Ok(fresh)
    }

    /// The claims of the userinfo endpoint, which responds in JSON or with a signed token.
    async fn userinfo(
        &self,
        discovered: &Discovered,
        access_token: &str,
    ) -> Result<Claims, Refusal> {
        let address = discovered
            .userinfo
            .as_ref()
            .ok_or_else(|| Refusal::misconfigured("the provider has no userinfo endpoint"))?;
        let request = http::Request::get(address.as_str())
            .header(
                http::header::AUTHORIZATION,
                format!("Bearer {access_token}"),
            )
            .header(http::header::ACCEPT, "application/json, application/jwt")
            .body(Vec::new())
            .map_err(ProviderHttpError::Request)?;
        let answer = self.http.send(request).await?;
        if !answer.status().is_success() {
            let status = answer.status();
            return Err(Refusal::misconfigured(format!(
                "the userinfo endpoint returned {status}"
            )));
        }
        let is_signed = answer
            .headers()
            .get(http::header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.trim_start().starts_with("application/jwt"));
        if is_signed {
            let token = String::from_utf8_lossy(answer.body());
            let verified = id_token::verify(token.trim(), &discovered.keys(&self.settings))?;
            return Ok(verified.claims);
        }
        serde_json::from_slice(answer.body()).map_err(Refusal::misconfigured)
    }
}

fn redirect(address: String) -> Result<Cow<'static, RedirectUrl>, Refusal> {
    RedirectUrl::new(address)
        .map(Cow::Owned)
        .map_err(Refusal::misconfigured)
}

fn token_refusal<T>(error: RequestTokenError<ProviderHttpError, T>) -> Refusal
where
    T: oauth2::ErrorResponse + Send + Sync + 'static,
{
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(response) => Refusal::misconfigured(format!(
            "the token endpoint returned an error: {response:?}"
        )),
        // The body of a response that cannot be parsed may contain tokens.
        RequestTokenError::Parse(..) => {
            Refusal::misconfigured("the token endpoint's response cannot be read")
        }
        RequestTokenError::Other(message) => Refusal::Unavailable(message.into()),
    }
}
