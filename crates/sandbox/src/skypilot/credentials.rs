//! How AWS credentials reach the server: fetched from a container's endpoint that the caller names, or by a workspace's
//! profile, whose `credential_process` somebody else plays.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use reqwest::redirect::Policy;
use serde::Deserialize;

const PATIENCE: Duration = Duration::from_secs(5);

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap_or_default()
});

/// Credentials that end by themselves.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AwsCredentials {
    /// The id of the temporary key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The session's token.
    pub token: String,
    /// When they end.
    pub expiration: Timestamp,
}

impl fmt::Debug for AwsCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsCredentials")
            .field("access_key_id", &self.access_key_id)
            .field("expiration", &self.expiration)
            .finish_non_exhaustive()
    }
}

/// The profiles of the server's `~/.aws/config`, each with a `credential_process`.
pub trait AwsProfiles: Send + Sync {
    /// Credentials of a profile. `None`: it has none of its own, and the server's are taken; the error says why there are
    /// none where there should be some.
    fn credentials<'a>(
        &'a self,
        profile: &'a str,
    ) -> BoxFuture<'a, Result<Option<AwsCredentials>, String>>;
}

/// Where credentials are to be had, as containers in AWS are told: by GET, with the token in the `Authorization` header.
pub(super) struct CredentialsHandle {
    pub uri: String,
    pub token: String,
}

impl CredentialsHandle {
    /// Asks for them; the error says why there are none.
    pub async fn fetch(&self) -> Result<AwsCredentials, String> {
        let answer = HTTP
            .get(&self.uri)
            .header("Authorization", &self.token)
            .send()
            .await
            .map_err(|error| error.without_url().to_string())?;
        let status = answer.status();
        if !status.is_success() {
            return Err(format!(
                "[botocore.exceptions.CredentialRetrievalError] Error when retrieving credentials from container-role: \
                 Received non 200 response {} from container metadata",
                status.as_u16()
            ));
        }
        answer.json().await.map_err(|_| {
            "Unable to parse JSON returned from container metadata services".to_owned()
        })
    }
}

impl AwsCredentials {
    /// Whether there is anything in them, and time left.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let parts = [&self.access_key_id, &self.secret_access_key, &self.token];
        if parts.iter().any(|part| part.is_empty()) {
            return Err("Partial credentials found");
        }
        if self.expiration <= Timestamp::now() {
            return Err(
                "Credentials were refreshed, but the refreshed credentials are still expired.",
            );
        }
        Ok(())
    }
}
