//! Fetches AWS credentials from the endpoint that a call names, as AWS's libraries do in a container.

use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::redirect::Policy;
use serde::Deserialize;
use serde_json::Value;

/// The code of the broker's problem if a tenant has stored no credential.
const NO_CREDENTIAL: &str = "no_credential";
const TIMEOUT: Duration = Duration::from_secs(5);

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap_or_default()
});

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AwsCredentials {
    pub access_key_id: String,
    secret_access_key: String,
    pub token: String,
    expiration: Timestamp,
}

/// Credentials by GET, with the token in the `Authorization` header. The error says why there are none; `None`: the tenant
/// has stored none.
pub async fn fetch(uri: &str, token: &str) -> Result<Option<AwsCredentials>, String> {
    let response = HTTP
        .get(uri)
        .header("Authorization", token)
        .send()
        .await
        .map_err(|error| error.without_url().to_string())?;
    let status = response.status();
    let text = response.text().await.unwrap_or_default();
    if status.is_success() {
        return serde_json::from_str(&text).map(Some).map_err(|_| {
            "Unable to parse JSON returned from container metadata services".to_owned()
        });
    }
    let problem: Value = serde_json::from_str(&text).unwrap_or_default();
    if problem["code"] == NO_CREDENTIAL {
        return Ok(None);
    }
    Err(format!(
        "[botocore.exceptions.CredentialRetrievalError] Error when retrieving credentials from container-role: Received non \
         200 response {} from container metadata: {text}",
        status.as_u16()
    ))
}

impl AwsCredentials {
    pub fn check(&self) -> Result<(), &'static str> {
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
