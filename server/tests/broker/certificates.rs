//! API servers with client certificates.

use crate::fixture::{Portal, output_of};
use reqwest::{Certificate, Client, ClientBuilder, Identity, StatusCode};
use serde_json::Value;
use std::{fs, path::Path};

/// A client that trusts the authority of an identity, and shows that identity's certificate if `shows`.
fn client(identity: &Path, shows: bool) -> Client {
    let pem = fs::read_to_string(identity).unwrap();
    let authority = pem.rfind("-----BEGIN CERTIFICATE").unwrap();
    let trusting = |builder: ClientBuilder| {
        builder
            .no_proxy()
            .tls_certs_only([Certificate::from_pem(&pem.as_bytes()[authority..]).unwrap()])
    };
    let mut builder = trusting(Client::builder());
    if shows {
        builder = builder.identity(Identity::from_pem(&pem.as_bytes()[..authority]).unwrap());
    }
    builder.build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_is_given_a_session_and_never_the_tenants_keys() {
    let portal = Portal::start().await;
    let secrets = portal.moto.secrets("vision").await;
    portal.store("vision", &secrets);
    let identity = portal.let_in("gpu-1", &[]);
    let workspace = portal.workspace("vision").await;

    let answer = portal.ask(&identity, &workspace);
    assert!(answer.status.success(), "{}", output_of(&answer));
    let credentials: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(credentials["Version"], 1);
    assert!(
        credentials["AccessKeyId"]
            .as_str()
            .unwrap()
            .starts_with("ASIA")
    );
    for key in ["SecretAccessKey", "SessionToken", "Expiration"] {
        assert!(!credentials[key].as_str().unwrap().is_empty(), "{key}");
    }
    assert!(!secrets.are_in(&output_of(&answer)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_through_without_a_certificate_of_the_brokers_own() {
    let (portal, other) = (Portal::start().await, Portal::start().await);
    let url = format!("{}/v1/workspaces", portal.broker());
    let ours = portal.let_in("gpu-1", &[]);
    assert!(
        client(&ours, true)
            .get(&url)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    assert!(client(&ours, false).get(&url).send().await.is_err());

    // A certificate of the same name, of another portal's authority, shown to ours.
    let theirs = fs::read_to_string(other.let_in("gpu-1", &[])).unwrap();
    let authority = theirs.rfind("-----BEGIN CERTIFICATE").unwrap();
    let pem = fs::read_to_string(&ours).unwrap();
    let trusted = &pem[pem.rfind("-----BEGIN CERTIFICATE").unwrap()..];
    let forged = portal.folder().join("forged.pem");
    fs::write(&forged, format!("{}{trusted}", &theirs[..authority])).unwrap();
    assert!(client(&forged, true).get(&url).send().await.is_err());
    let said = portal.ask(&forged, "hgr-a");
    assert!(!said.status.success());
    assert!(
        output_of(&said).contains("did not respond"),
        "{}",
        output_of(&said)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_server_is_refused_at_once_also_on_a_connection_that_is_open() {
    let portal = Portal::start().await;
    let identity = portal.let_in("gpu-1", &[]);
    let client = client(&identity, true);
    let url = format!("{}/v1/workspaces", portal.broker());
    assert_eq!(
        client.get(&url).send().await.unwrap().status(),
        StatusCode::OK
    );
    portal.hangar().run(&["broker", "revoke", "gpu-1"]);
    let refused = client.get(&url).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);

    let said = portal.ask(&identity, &portal.workspace("vision").await);
    assert!(!said.status.success() && said.stdout.is_empty());
    assert!(
        output_of(&said).contains("hangar broker identity"),
        "{}",
        output_of(&said)
    );
    // A new identity of the same name does not let the old one in again.
    let again = portal.let_in("gpu-1", &[]);
    assert!(!again.as_os_str().is_empty());
    let refused = client.get(&url).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_own_server_sees_nothing_of_the_others() {
    let portal = Portal::start().await;
    for tenant in ["vision", "payments"] {
        portal.store(tenant, &portal.moto.secrets(tenant).await);
    }
    let identity = portal.let_in("vision-gpu", &["vision"]);
    let (own, foreign) = (
        portal.workspace("vision").await,
        portal.workspace("payments").await,
    );
    assert!(portal.ask(&identity, &own).status.success());
    let foreign = output_of(&portal.ask(&identity, &foreign));
    let missing = output_of(&portal.ask(&identity, "hgr-nothing"));
    assert_eq!(foreign, missing, "foreign and missing look the same");

    let client = client(&identity, true);
    let url = format!("{}/v1/workspaces", portal.broker());
    let listed: Value = client.get(&url).send().await.unwrap().json().await.unwrap();
    let names: Vec<_> = listed["workspaces"].as_array().unwrap().iter().collect();
    assert!(
        !names.is_empty()
            && names
                .iter()
                .all(|name| name.as_str().unwrap().contains("vision"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_is_said_in_words_on_the_error_output() {
    let portal = Portal::start().await;
    let identity = portal.let_in("gpu-1", &[]);
    let workspace = portal.workspace("vision").await;
    let none = portal.ask(&identity, &workspace);
    assert!(!none.status.success() && none.stdout.is_empty());
    assert!(
        output_of(&none).contains("hangar credentials set aws --tenant vision"),
        "{}",
        output_of(&none)
    );

    let hangar = portal.hangar();
    let ask = |portal: &str, identity: &str| {
        let output = hangar.output(&[
            "broker",
            "credentials",
            "--portal",
            portal,
            "--identity",
            identity,
            "--workspace",
            "hgr-a",
        ]);
        assert!(!output.status.success() && output.stdout.is_empty());
        output_of(&output)
    };
    let identity = identity.to_str().unwrap();
    assert!(ask("https://127.0.0.1:9", identity).contains("did not respond"));
    assert!(ask("http://127.0.0.1:9", identity).contains("https://"));
    assert!(ask(&portal.broker(), "/nowhere.pem").contains("/nowhere.pem"));
    // By a name that is not in the broker's certificate.
    let by_name = portal.broker().replace("127.0.0.1", "localhost");
    assert!(
        ask(&by_name, identity).contains("names"),
        "{}",
        ask(&by_name, identity)
    );
}
