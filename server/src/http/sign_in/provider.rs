//! One identity provider: what it says about itself, and the two conversations with it.

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

/// Discovery and keys are read again after this long, and earlier when an unknown key appears.
const FRESH: Duration = Duration::from_secs(3600);
/// Nobody can make the portal ask more often than this.
const LEAST_AGE: Duration = Duration::from_secs(1);
/// An identity provider.
pub struct Provider {
    settings: ProviderSettings,
    http: ProviderHttp,
    discovered: RwLock<Option<Arc<Discovered>>>,
}

/// What a sign-in needs to remember, and where it sends the browser.
pub struct Started {
    /// To be kept in the browser's session.
    pub attempt: Attempt,
    /// The provider's page.
    pub address: Url,
}

/// Somebody the provider vouches for.
pub struct Vouched {
    /// Who.
    pub identity: Identity,
    /// The statement itself, to sign out with.
    pub id_token: String,
}

impl Provider {
    /// A provider; nothing is asked of it before somebody signs in.
    ///
    /// # Errors
    /// If no HTTP client can be had.
    pub fn new(settings: ProviderSettings) -> Result<Self, ProviderHttpError> {
        Ok(Self {
            settings,
            http: ProviderHttp::new()?,
            discovered: RwLock::default(),
        })
    }

    /// How it is configured.
    pub fn settings(&self) -> &ProviderSettings {
        &self.settings
    }

    /// Begins a sign-in that comes back to `redirect_uri` and then goes to `return_to`.
    pub async fn start(&self, redirect_uri: String, return_to: String) -> Result<Started, Refusal> {
        // Asked anew, so that nobody is sent to a provider that is down.
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
        Ok(Started {
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

    /// Exchanges the code of an answer for a statement about a person, and checks it.
    pub async fn redeem(
        &self,
        code: String,
        attempt: Attempt,
        redirect_uri: String,
    ) -> Result<Vouched, Refusal> {
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
            .ok_or_else(|| Refusal::InvalidToken("there is none in the answer".into()))?;
        let nonce = Nonce::new(attempt.nonce);

        let checked = match check(&discovered.client, id_token, &tokens, &nonce) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                // Signed with a key that is newer than what we know: the provider has changed its keys.
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
        Ok(Vouched { identity, id_token })
    }

    /// Where the browser goes to sign out at the provider too, if the provider has such a place.
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
                tracing::warn!(provider = self.settings.slug, %error, "signed out here only");
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

    /// Asks the provider about itself, for `hangar check`.
    pub async fn check(&self) -> Result<(), Refusal> {
        self.discovered(Duration::ZERO).await.map(|_| ())
    }

    /// What the provider says about itself, if we heard it at most `age` ago, else heard anew.
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

    /// Adds what only the userinfo endpoint tells. It must be about the same person.
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
                "userinfo answered {status}"
            )));
        }
        let more: Map<String, Value> =
            serde_json::from_slice(answer.body()).map_err(Refusal::misconfigured)?;
        if more.get("sub") != claims.get("sub") {
            return Err(Refusal::InvalidToken(
                "userinfo is about somebody else".into(),
            ));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }
}

/// Signature, issuer, audience, expiry, nonce, and that the access token belongs to it.
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
                "at_hash does not fit".into(),
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
        RequestTokenError::ServerResponse(response) => {
            Refusal::misconfigured(format!("the token endpoint refused: {response:?}"))
        }
        // The body of an answer that cannot be read may hold tokens.
        RequestTokenError::Parse(..) => {
            Refusal::misconfigured("the token endpoint's answer cannot be read")
        }
        RequestTokenError::Other(message) => Refusal::Unavailable(message.into()),
    }
}
