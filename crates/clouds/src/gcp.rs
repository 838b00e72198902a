//! Google Cloud: the service account exchanges a signed JWT for an ID token, which names the account and gives access to
//! nothing. <https://cloud.google.com/docs/authentication/get-id-token>,
//! <https://developers.google.com/identity/protocols/oauth2/service-account#httprest>

use crate::{
    Clouds,
    provider::{Provider, Secrets, lasting, passing},
    signing::{SigningKey, claims},
};
use domain::outside_text::readable;
use jiff::Timestamp;
use provisioning::ports::{
    cloud_credentials::{CloudIdentity, CredentialError},
    cloud_review::GcpAccess,
};
use reqwest::StatusCode;
use serde_json::json;

const ORIGIN: &str = "https://oauth2.googleapis.com";
/// Key files name this address or an older one of the same service.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// In seconds; Google allows an hour.
const LIFE: i64 = 300;
/// The audience of the ID token, which only the portal reads.
const AUDIENCE: &str = "https://hangar.invalid";

const GCP: Provider = Provider {
    title: "Google Cloud",
    signed: true,
    hints: &[
        passing(
            "short-lived token",
            "the portal's clock is wrong according to Google; synchronise it by NTP",
        ),
        lasting(
            "Invalid JWT Signature",
            "the key is not one of the service account; it was deleted, has expired or is disabled",
        ),
        lasting(
            "account not found",
            "there is no such service account; it may have been deleted",
        ),
        lasting("disabled", "the service account or its project is disabled"),
    ],
};

pub async fn who_am_i(
    clouds: &Clouds,
    access: &GcpAccess,
) -> Result<CloudIdentity, CredentialError> {
    let now = Timestamp::now().as_second();
    let assertion = SigningKey::read(&access.private_key_pem)?.jwt(
        access.key_id.as_deref(),
        &json!({
            "iss": access.service_account,
            "sub": access.service_account,
            "aud": TOKEN_URI,
            "iat": now,
            "exp": now + LIFE,
            "target_audience": AUDIENCE,
        }),
    )?;
    let request = clouds.http.post(clouds.url(ORIGIN, &["token"])?).form(&[
        ("grant_type", GRANT_TYPE),
        ("assertion", assertion.as_str()),
    ]);
    let answer = clouds
        .ask(&GCP, request)
        .await?
        .accepted(&GCP, &Secrets::new(&[&assertion]))?;
    let found = answer["id_token"].as_str().and_then(claims);
    let email = found
        .as_ref()
        .and_then(|claims| claims["email"].as_str())
        .ok_or_else(|| GCP.not_from(StatusCode::OK))?;
    Ok(CloudIdentity {
        account: project(email).map(|project| readable(project, 64)),
        identity: Some(readable(email, 254)),
    })
}

/// The project that the service account belongs to, unless Google made the account.
fn project(email: &str) -> Option<&str> {
    let (_, host) = email.split_once('@')?;
    host.strip_suffix(".iam.gserviceaccount.com")
}
