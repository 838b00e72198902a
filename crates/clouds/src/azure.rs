//! Azure: a token for the application, then the subscription.
//! <https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow>,
//! <https://learn.microsoft.com/en-us/rest/api/resources/subscriptions/get>

use crate::{
    Clouds,
    provider::{Provider, Secrets, lasting, passing, unusable},
};
use domain::outside_text::readable;
use provisioning::ports::{
    cloud_credentials::{CloudIdentity, CredentialError},
    cloud_review::AzureAccess,
};
use reqwest::StatusCode;
use secrecy::ExposeSecret;

const LOGIN: &str = "https://login.microsoftonline.com";
const MANAGEMENT: &str = "https://management.azure.com";
const API_VERSION: &str = "2022-12-01";

/// Codes: <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>
const AZURE: Provider = Provider {
    title: "Azure",
    signed: false,
    hints: &[
        lasting(
            "AADSTS7000215",
            "the client secret is wrong; store its value, not its id",
        ),
        lasting(
            "AADSTS7000222",
            "the client secret has expired; create another in Microsoft Entra",
        ),
        lasting(
            "AADSTS7000112",
            "the application is disabled in the directory",
        ),
        lasting(
            "AADSTS700016",
            "the directory has no such application; check the directory id and the application id",
        ),
        lasting(
            "AADSTS90002",
            "there is no such directory; check the directory id",
        ),
        passing("AADSTS90033", "Microsoft Entra has a transient error"),
        passing(
            "temporarily_unavailable",
            "Microsoft Entra is temporarily unavailable",
        ),
        lasting(
            "AuthorizationFailed",
            "the application may not read the subscription; give it a role on the subscription, such as Reader",
        ),
        lasting(
            "SubscriptionNotFound",
            "there is no such subscription, or the application has no role on it",
        ),
        lasting(
            "InvalidAuthenticationTokenTenant",
            "the subscription belongs to another directory",
        ),
    ],
};

pub async fn who_am_i(
    clouds: &Clouds,
    access: &AzureAccess,
) -> Result<CloudIdentity, CredentialError> {
    let client_secret = access.client_secret.expose_secret();
    let url = clouds.url(LOGIN, &[&access.directory_id, "oauth2", "v2.0", "token"])?;
    let request = clouds.http.post(url).form(&[
        ("grant_type", "client_credentials"),
        ("client_id", access.client_id.as_str()),
        ("client_secret", client_secret),
        ("scope", "https://management.azure.com/.default"),
    ]);
    let token = clouds
        .ask(&AZURE, request)
        .await?
        .accepted(&AZURE, &Secrets::new(&[client_secret]))?;
    let token = token["access_token"]
        .as_str()
        .ok_or_else(|| AZURE.not_from(StatusCode::OK))?;
    let mut url = clouds.url(MANAGEMENT, &["subscriptions", &access.subscription_id])?;
    url.query_pairs_mut()
        .append_pair("api-version", API_VERSION);
    let subscription = clouds
        .ask(&AZURE, clouds.http.get(url).bearer_auth(token))
        .await?
        .accepted(&AZURE, &Secrets::new(&[client_secret, token]))?;
    let state = subscription["state"]
        .as_str()
        .ok_or_else(|| AZURE.not_from(StatusCode::OK))?;
    // Warned and PastDue subscriptions still run machines.
    if matches!(state, "Disabled" | "Deleted") {
        return Err(unusable(format!(
            "the subscription is {}; reactivate it in the Azure portal",
            state.to_lowercase()
        )));
    }
    let name = subscription["displayName"].as_str().unwrap_or_default();
    Ok(CloudIdentity {
        account: Some(match readable(name, 64).as_str() {
            "" => access.subscription_id.clone(),
            name => format!("{name} ({})", access.subscription_id),
        }),
        identity: Some(format!("application {}", access.client_id)),
    })
}
