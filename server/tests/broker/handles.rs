//! API servers with handles.

use crate::fixture::{Portal, aws_tool, output_of};
use provisioning::ports::cloud_credentials::CredentialHandle;
use reqwest::{Client, StatusCode, header};
use secrecy::ExposeSecret as _;
use serde_json::Value;

fn handle(portal: &Portal, workspace: &str) -> CredentialHandle {
    let handles = portal.server.credential_handles.as_ref().unwrap();
    handles.handle(workspace).unwrap()
}

async fn fetch(uri: &str, token: &str) -> (StatusCode, Value) {
    let client = Client::builder().no_proxy().build().unwrap();
    let request = client.get(uri).header(header::AUTHORIZATION, token);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_leads_to_a_session_of_its_workspace_only() {
    let portal = Portal::start().await;
    for tenant in ["vision", "payments"] {
        portal.store(tenant, &portal.moto.secrets(tenant).await);
    }
    let workspace = portal.workspace("vision").await;
    let own = handle(&portal, &workspace);
    let (status, answer) = fetch(&own.uri, own.token.expose_secret()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert!(answer["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
    assert!(answer["Token"].is_string() && answer["Expiration"].is_string());

    let foreign = handle(&portal, &portal.workspace("payments").await);
    let (missing, nothing) = (handle(&portal, "hgr-nothing"), String::new());
    for (uri, token) in [
        (&foreign.uri, own.token.expose_secret()),
        (&missing.uri, own.token.expose_secret()),
        (&own.uri, nothing.as_str()),
        (&own.uri, "Bearer hgr_for-tests-only"),
    ] {
        let (status, answer) = fetch(uri, token).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{uri}");
        assert!(answer["SecretAccessKey"].is_null());
    }
    let (status, _) = fetch(&missing.uri, missing.token.expose_secret()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn awss_own_library_follows_a_handle() {
    let portal = Portal::start().await;
    let secrets = portal.moto.secrets("vision").await;
    portal.store("vision", &secrets);
    let workspace = portal.workspace("vision").await;
    let handle = handle(&portal, &workspace);
    let variables: Vec<_> = handle
        .variables()
        .map(|(name, value)| (name, value.expose_secret().to_owned()))
        .into();
    let mut environment: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    environment.push(("AWS_ENDPOINT_URL", portal.moto.url.as_str()));
    let script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
    let said = aws_tool(portal.folder(), &["-c", script], &environment);
    assert_eq!(output_of(&said).trim(), secrets.identity(&workspace));
}
