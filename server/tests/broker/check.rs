//! `hangar check` on what the portal has in AWS, played by moto.

use crate::fixture::{Hangar, Moto, output_of};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::fs;

#[tokio::test]
async fn check_tries_the_key_the_identity_and_the_pool() {
    let moto = Moto::start().await;
    let portal = moto.secrets("portal").await;
    let pool = moto
        .cognito("CreateUserPool", json!({"PoolName": "corp"}))
        .await;
    let pool = pool["UserPool"]["Id"].as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hangar.toml");
    let secret = portal.secret_access_key.expose_secret();
    let check = |key: &str, pool: &str| {
        let text = format!(
            r#"
            public_url = "https://hangar.example.com"
            [hosts.main]
            kubeconfig = "nowhere.yaml"
            [aws]
            access_key_id = "{id}"
            secret_access_key = "{secret}"
            endpoint = "{moto}"
            [keys]
            kms_key = "{key}"
            [sign_in.providers.corp]
            issuer = "http://127.0.0.1:9"
            client_id = "hangar"
            user_pool = "{pool}"
            "#,
            id = portal.access_key_id,
            moto = moto.url,
        );
        fs::write(&file, text).unwrap();
        let arguments = ["check", "--config", file.to_str().unwrap()];
        let output = Hangar::for_data(folder.path()).output(&arguments);
        assert!(
            !output.status.success(),
            "nobody can sign in, and there is no host"
        );
        output_of(&output)
    };
    let key = moto.key().await;
    let table = check(&key, &pool);
    for row in [
        format!("ok       current key (kms:{key})"),
        "ok       keys of all stored secrets".to_owned(),
        format!(
            "ok       AWS identity ({}): arn:aws:iam::123456789012:user/portal",
            portal.access_key_id
        ),
        format!("ok       user pool {pool}"),
    ] {
        assert!(table.contains(&row), "{row} not in\n{table}");
    }
    assert!(!table.contains(secret), "{table}");

    let gone = key.replace(&key[key.len() - 12..], "000000000000");
    let table = check(&gone, "us-east-1_Nowhere00");
    for row in [
        format!("MISSING  current key (kms:{gone})"),
        "MISSING  user pool us-east-1_Nowhere00".to_owned(),
    ] {
        assert!(table.contains(&row), "{row} not in\n{table}");
    }
}
