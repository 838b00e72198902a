//! Sessions that moto gives.

use crate::moto::{ACCOUNT, Moto};
use aws::{Sts, StsConfig, http_client::ReqwestClient};
use aws_credential_types::Credentials;
use aws_sdk_sts::{
    Client,
    config::{BehaviorVersion, Region},
};
use jiff::{SignedDuration, Timestamp};
use provisioning::ports::cloud_credentials::{AwsKeys, AwsRole, AwsSession, SecurityTokens};
use secrecy::{ExposeSecret, SecretString};

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
fn sts(moto: &Moto) -> Sts {
    Sts::new(StsConfig {
        endpoint: Some(moto.url.clone()),
    })
    .unwrap()
}

/// Who AWS takes the bearer of the session for.
async fn identity(moto: &Moto, session: &AwsSession) -> String {
    let credentials = Credentials::new(
        &session.access_key_id,
        session.secret_access_key.expose_secret(),
        Some(session.session_token.expose_secret().to_owned()),
        None,
        "test",
    );
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(ReqwestClient::new().unwrap())
        .region(Region::new("us-east-1"))
        .endpoint_url(moto.url.as_str())
        .credentials_provider(credentials)
        .build();
    let answer = Client::from_conf(config)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    answer.arn.unwrap()
}

fn lasts_an_hour(session: &AwsSession) -> bool {
    let left = session.expires_at.duration_since(Timestamp::now());
    SignedDuration::from_mins(55) < left && left < SignedDuration::from_mins(65)
}

#[tokio::test]
async fn a_users_keys_give_a_session_of_an_hour() {
    let moto = Moto::start();
    let keys = moto.keys_of("vision", EVERYTHING).await;
    let session = sts(&moto).session(&keys, "hgr-vision-dev").await.unwrap();
    assert_ne!(session.access_key_id, keys.access_key_id);
    assert!(lasts_an_hour(&session), "{session:?}");
    assert_ne!(
        session.secret_access_key.expose_secret(),
        keys.secret_access_key.expose_secret()
    );
    assert!(identity(&moto, &session).await.contains(ACCOUNT));
}

#[tokio::test]
async fn a_role_is_assumed_under_the_sessions_name() {
    let moto = Moto::start();
    let arn = moto.role("hangar").await;
    let keys = AwsKeys {
        role: Some(AwsRole {
            arn,
            external_id: Some("hangar-vision".into()),
        }),
        region: Some("eu-central-1".into()),
        ..moto.keys_of("vision", EVERYTHING).await
    };
    let session = sts(&moto).session(&keys, "hgr-vision-dev").await.unwrap();
    assert!(lasts_an_hour(&session), "{session:?}");
    assert_eq!(
        identity(&moto, &session).await,
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/hangar/hgr-vision-dev")
    );
}

#[tokio::test]
async fn keys_that_are_not_accepted_give_nothing() {
    let moto = Moto::start();
    let keys = moto.keys_of("vision", EVERYTHING).await;
    moto.authorise().await;
    sts(&moto).session(&keys, "hgr-a").await.unwrap();
    let canary = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARYSECR";
    let wrong = AwsKeys {
        secret_access_key: SecretString::from(canary),
        ..keys
    };
    let error = sts(&moto).session(&wrong, "hgr-a").await.unwrap_err();
    assert!(!error.may_pass, "{error}");
    assert!(!format!("{error} {error:?}").contains(canary));
}
