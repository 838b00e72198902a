//! Lambda: the file systems of the account, the shortest of its lists. Lambda does not say whose a key is.
//! <https://docs.lambda.ai/api/cloud>

use crate::{
    Clouds,
    provider::{Provider, Secrets, lasting},
};
use provisioning::ports::cloud_credentials::{CloudIdentity, CredentialError};
use secrecy::{ExposeSecret, SecretString};

const ORIGIN: &str = "https://cloud.lambda.ai";

const LAMBDA: Provider = Provider {
    title: "Lambda",
    signed: false,
    hints: &[
        lasting(
            "global/invalid-api-key",
            "the API key is wrong, has expired or was deleted",
        ),
        lasting(
            "global/account-inactive",
            "the account is inactive; verify its email address and payment method in the Lambda console",
        ),
    ],
};

pub async fn who_am_i(
    clouds: &Clouds,
    api_key: &SecretString,
) -> Result<CloudIdentity, CredentialError> {
    let api_key = api_key.expose_secret();
    let url = clouds.url(ORIGIN, &["api", "v1", "file-systems"])?;
    let answer = clouds
        .ask(&LAMBDA, clouds.http.get(url).bearer_auth(api_key))
        .await?;
    let status = answer.status;
    let found = answer.accepted(&LAMBDA, &Secrets::new(&[api_key]))?;
    if !found["data"].is_array() {
        return Err(LAMBDA.not_from(status));
    }
    Ok(CloudIdentity {
        account: None,
        identity: None,
    })
}
