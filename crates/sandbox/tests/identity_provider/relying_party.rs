//! A relying party in a few lines: it does what the portal does, and lets a test do it wrongly.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use sandbox::data_directory::DataDirectory;
use sandbox::faults::Faults;
use sandbox::identity::{IdentityOptions, IdentityProvider};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

pub const CALLBACK: &str = "http://127.0.0.1:8080/sign-in/sandbox/callback";
pub const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-allowed-by-rfc-7636";

pub struct RelyingParty {
    pub provider: IdentityProvider,
    pub faults: Faults,
    pub http: Client,
}

impl RelyingParty {
    pub async fn start() -> Self {
        Self::start_with(IdentityOptions::default()).await
    }

    pub async fn start_with(options: IdentityOptions) -> Self {
        let faults = Faults::default();
        let provider =
            IdentityProvider::start(options, &DataDirectory::in_memory(), faults.clone())
                .await
                .unwrap();
        Self {
            provider,
            faults,
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.provider.issuer())
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    pub async fn get_json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// A right authorization request, with changes; an empty value leaves a parameter out.
    pub async fn authorize(&self, changes: &[(&str, &str)]) -> Response {
        let challenge = BASE64URL.encode(Sha256::digest(VERIFIER));
        let mut parameters = vec![
            ("client_id", self.provider.client().id.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid email profile"),
            ("state", "the-state"),
            ("nonce", "the-nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("login_hint", "grace@example.com"),
        ];
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
        }
        self.http
            .get(self.url("/authorize"))
            .query(&parameters)
            .send()
            .await
            .unwrap()
    }

    pub async fn code(&self) -> String {
        let response = self.authorize(&[]).await;
        parameter(&location(&response), "code").expect("no code in the redirect")
    }

    /// A right token request, with changes; an empty value leaves a parameter out.
    pub async fn redeem(&self, code: &str, changes: &[(&str, &str)]) -> Response {
        let client = self.provider.client();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", &client.id),
            ("client_secret", &client.secret),
        ];
        for (name, value) in changes {
            form.retain(|(known, _)| known != name);
            if !value.is_empty() {
                form.push((name, value));
            }
        }
        self.http
            .post(self.url("/token"))
            .form(&form)
            .send()
            .await
            .unwrap()
    }

    pub async fn tokens(&self) -> Value {
        let response = self.redeem(&self.code().await, &[]).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    pub async fn userinfo(&self, access_token: &str) -> Response {
        self.http
            .get(self.url("/userinfo"))
            .bearer_auth(access_token)
            .send()
            .await
            .unwrap()
    }
}

pub fn location(response: &Response) -> Url {
    assert_eq!(response.status(), 303);
    let location = response.headers()["location"].to_str().unwrap();
    Url::parse(location).unwrap()
}

pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Header and claims, unverified.
pub fn decoded(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| {
        let bytes = BASE64URL.decode(part).unwrap();
        serde_json::from_slice(&bytes).unwrap_or(Value::Null)
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

/// Whether a published key signed the token.
pub fn is_signed_by(token: &str, jwks: &Value) -> bool {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
    let (header, _) = decoded(token);
    let Some(key) = jwks["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == header["kid"])
    else {
        return false;
    };
    let part = |name: &str| BASE64URL.decode(key[name].as_str().unwrap()).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    RsaPublicKeyComponents {
        n: part("n"),
        e: part("e"),
    }
    .verify(
        &RSA_PKCS1_2048_8192_SHA256,
        signed.as_bytes(),
        &BASE64URL.decode(signature).unwrap(),
    )
    .is_ok()
}
