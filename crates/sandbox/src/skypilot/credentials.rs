//! How AWS credentials reach the server: fetched from the endpoint that the caller names, as AWS's libraries do in a
//! container.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::redirect::Policy;
use serde::Deserialize;

/// How the portal's broker refuses where a tenant has stored no credential.
const NONE_STORED: &str = "\"no_credential\"";
const PATIENCE: Duration = Duration::from_secs(5);

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap_or_default()
});

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AwsCredentials {
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    pub token: String,
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

/// Where credentials are to be had, as containers in AWS are told: by GET, with the token in the `Authorization` header.
pub(super) struct CredentialsHandle {
    pub uri: String,
    pub token: String,
}

impl CredentialsHandle {
    /// Asks for them; the error says why there are none. `None`: the tenant has stored none.
    pub async fn fetch(&self) -> Result<Option<AwsCredentials>, String> {
        let answer = HTTP
            .get(&self.uri)
            .header("Authorization", &self.token)
            .send()
            .await
            .map_err(|error| error.without_url().to_string())?;
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        if text.contains(NONE_STORED) {
            return Ok(None);
        }
        if !status.is_success() {
            return Err(format!(
                "[botocore.exceptions.CredentialRetrievalError] Error when retrieving credentials from container-role: \
                 Received non 200 response {} from container metadata: {text}",
                status.as_u16()
            ));
        }
        serde_json::from_str(&text).map(Some).map_err(|_| {
            "Unable to parse JSON returned from container metadata services".to_owned()
        })
    }
}

impl AwsCredentials {
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
