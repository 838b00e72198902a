//! Nebius: the service account exchanges a signed JWT for an access token, which is not used.
//! <https://docs.nebius.com/iam/service-accounts/authorized-keys>,
//! <https://github.com/nebius/gosdk/blob/main/auth/exchangable.go>

use crate::{
    Clouds,
    provider::{Provider, Secrets, lasting},
    signing::SigningKey,
};
use jiff::Timestamp;
use provisioning::ports::{
    cloud_credentials::{CloudIdentity, CredentialError},
    cloud_review::NebiusAccess,
};
use reqwest::StatusCode;
use serde_json::json;

const ORIGIN: &str = "https://auth.eu.nebius.com";
const AUDIENCE: &str = "token-service.iam.new.nebiuscloud.net";
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
/// In seconds.
const LIFE: i64 = 60;

const NEBIUS: Provider = Provider {
    title: "Nebius",
    signed: true,
    hints: &[
        lasting(
            "invalid_grant",
            "the key is not one of the service account; it was deleted or has expired",
        ),
        lasting(
            "invalid_client",
            "there is no such service account; it may have been deleted",
        ),
    ],
};

pub async fn who_am_i(
    clouds: &Clouds,
    access: &NebiusAccess,
) -> Result<CloudIdentity, CredentialError> {
    let now = Timestamp::now().as_second();
    let assertion = SigningKey::read(&access.private_key_pem)?.jwt(
        Some(&access.key_id),
        &json!({
            "iss": access.service_account,
            "sub": access.service_account,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + LIFE,
        }),
    )?;
    let request = clouds
        .http
        .post(clouds.url(ORIGIN, &["oauth2", "token", "exchange"])?)
        .form(&[
            ("grant_type", GRANT_TYPE),
            ("requested_token_type", ACCESS_TOKEN),
            ("subject_token", assertion.as_str()),
            ("subject_token_type", JWT),
        ]);
    let answer = clouds
        .ask(&NEBIUS, request)
        .await?
        .accepted(&NEBIUS, &Secrets::new(&[&assertion]))?;
    if !answer["access_token"].is_string() {
        return Err(NEBIUS.not_from(StatusCode::OK));
    }
    Ok(CloudIdentity {
        // The project that is stored with the key may be another than the account's own.
        account: None,
        identity: Some(access.service_account.clone()),
    })
}
