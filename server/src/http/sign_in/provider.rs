//! One identity provider: its metadata, and the requests to it.

use super::{
    attempt::Attempt,
    claims,
    discovery::{Client, Discovered, in_time},
    http_client::{ProviderHttp, ProviderHttpError},
    refusal::Refusal,
};
use crate::config::ProviderSettings;
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, CsrfToken, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreIdToken, CoreTokenResponse},
};
use provisioning::sign_in::Identity;
use serde_json::{Map, Value};
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use url::Url;

/// Metadata and keys are read again after this time, or earlier if an unknown key appears.
const FRESH: Duration = Duration::from_secs(3600);
/// Limits how often requests can make the portal read the metadata.
const LEAST_AGE: Duration = Duration::from_secs(1);
pub struct Provider {
    settings: ProviderSettings,
    http: ProviderHttp,
    discovered: RwLock<Option<Arc<Discovered>>>,
}

/// A started sign-in.
pub struct SignInStart {
    /// To be stored in the browser's session.
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
            settings,
            http: ProviderHttp::new()?,
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
        let client = with_redirect(&discovered.client, redirect_uri)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self
            .settings
            .scopes
            .iter()
            .filter(|scope| *scope != "openid");
        let (address, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        Ok(SignInStart {
            attempt: Attempt::new(
                &self.settings.slug,
                state.into_secret(),
                nonce.secret().clone(),
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
        let client = with_redirect(&discovered.client, redirect_uri)?;
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(Refusal::misconfigured)?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.pkce_verifier));
        let tokens: CoreTokenResponse = in_time(request.request_async(&self.http))
            .await?
            .map_err(token_refusal)?;
        let id_token = tokens
            .id_token()
            .ok_or_else(|| Refusal::InvalidToken("the response contains no ID token".into()))?;
        let nonce = Nonce::new(attempt.nonce);

        let checked = match check(&discovered.client, id_token, &tokens, &nonce) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                // Authenticated with an unknown key: the provider has rotated its keys.
                let renewed = self.discovered(LEAST_AGE).await?;
                check(&renewed.client, id_token, &tokens, &nonce)
            }
            checked => checked,
        };
        checked.map_err(|error| Refusal::InvalidToken(domain::error::causes(&error)))?;

        let id_token = id_token.to_string();
        let mut claims = claims::of_verified_token(&id_token)?;
        claims::refuse_access_token(&claims)?;
        if self.settings.userinfo {
            let access_token = tokens.access_token().secret();
            self.add_userinfo(&discovered, access_token, &mut claims)
                .await?;
        }
        let identity = claims::identity(&self.settings, claims)?;
        Ok(AuthenticatedUser { identity, id_token })
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
        if let Some(token) = id_token {
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

    /// Adds claims of the userinfo endpoint. They must be about the same user.
    async fn add_userinfo(
        &self,
        discovered: &Discovered,
        access_token: &str,
        claims: &mut Map<String, Value>,
    ) -> Result<(), Refusal> {
        let address = discovered
            .userinfo
            .as_ref()
            .ok_or_else(|| Refusal::misconfigured("the provider has no userinfo endpoint"))?;
        let request = http::Request::get(address.as_str())
            .header(
                http::header::AUTHORIZATION,
                format!("Bearer {access_token}"),
            )
            .header(http::header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(ProviderHttpError::Request)?;
        let answer = self.http.send(request).await?;
        if !answer.status().is_success() {
            let status = answer.status();
            return Err(Refusal::misconfigured(format!(
                "the userinfo endpoint returned {status}"
            )));
        }
        let more: Map<String, Value> =
            serde_json::from_slice(answer.body()).map_err(Refusal::misconfigured)?;
        if more.get("sub") != claims.get("sub") {
            return Err(Refusal::InvalidToken(
                "the userinfo endpoint returned another subject".into(),
            ));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }
}

/// Verifies signature, issuer, audience, expiry, nonce, and that the access token belongs to the ID token.
fn check(
    client: &Client,
    id_token: &CoreIdToken,
    tokens: &CoreTokenResponse,
    nonce: &Nonce,
) -> Result<(), ClaimsVerificationError> {
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, nonce)?;
    if let Some(expected) = claims.access_token_hash() {
        let signature = |error| ClaimsVerificationError::SignatureVerification(error);
        let actual = AccessTokenHash::from_token(
            tokens.access_token(),
            id_token
                .signing_alg()
                .map_err(|error| ClaimsVerificationError::Other(error.to_string()))?,
            id_token.signing_key(&verifier).map_err(signature)?,
        )
        .map_err(|error| ClaimsVerificationError::Other(error.to_string()))?;
        if actual != *expected {
            return Err(ClaimsVerificationError::Other(
                "at_hash does not match".into(),
            ));
        }
    }
    Ok(())
}

fn with_redirect(client: &Client, address: String) -> Result<Client, Refusal> {
    let address = RedirectUrl::new(address).map_err(Refusal::misconfigured)?;
    Ok(client.clone().set_redirect_uri(address))
}

fn token_refusal<T>(error: RequestTokenError<ProviderHttpError, T>) -> Refusal
where
    T: openidconnect::ErrorResponse + Send + Sync + 'static,
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
