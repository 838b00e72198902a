//! RunPod: the account of the API key, which only the GraphQL API tells. <https://graphql-spec.runpod.io/>

use crate::{
    Clouds,
    answer::Refusal,
    provider::{Provider, Secrets, lasting, passing},
};
use domain::outside_text::readable;
use provisioning::ports::cloud_credentials::{CloudIdentity, CredentialError};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

const ORIGIN: &str = "https://api.runpod.io";

const RUNPOD: Provider = Provider {
    title: "RunPod",
    signed: false,
    hints: &[
        // GraphQL responds with HTTP 200 to every request that it reads.
        passing("INTERNAL_SERVER_ERROR", "RunPod has an internal error"),
        lasting(
            "UNAUTHENTICATED",
            "the API key is wrong, is disabled or was deleted",
        ),
        lasting("401", "the API key is wrong, is disabled or was deleted"),
        lasting(
            "FORBIDDEN",
            "the API key may not read the account; allow it to read the GraphQL API",
        ),
    ],
};

pub async fn who_am_i(
    clouds: &Clouds,
    api_key: &SecretString,
) -> Result<CloudIdentity, CredentialError> {
    let api_key = api_key.expose_secret();
    let request = clouds
        .http
        .post(clouds.url(ORIGIN, &["graphql"])?)
        .bearer_auth(api_key)
        .json(&json!({"query": "query { myself { id email } }"}));
    let secrets = Secrets::new(&[api_key]);
    let answer = clouds.ask(&RUNPOD, request).await?;
    let status = answer.status;
    let body = answer.accepted(&RUNPOD, &secrets)?;
    if let Some(refusal) = body.get("errors").and_then(|_| Refusal::read(&body)) {
        return Err(RUNPOD.refuses(refusal, None, &secrets));
    }
    let myself = &body["data"]["myself"];
    let Some(id) = myself["id"].as_str() else {
        // A key without an account is answered like a query without a result.
        return Err(if body["data"].is_object() {
            let refusal = Refusal {
                code: "UNAUTHENTICATED".to_owned(),
                message: String::new(),
            };
            RUNPOD.refuses(refusal, None, &secrets)
        } else {
            RUNPOD.not_from(status)
        });
    };
    let email = myself["email"].as_str().filter(|email| !email.is_empty());
    Ok(CloudIdentity {
        account: Some(readable(id, 64)),
        identity: Some(readable(email.unwrap_or(id), 254)),
    })
}
