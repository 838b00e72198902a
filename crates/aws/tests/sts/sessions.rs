//! Sessions from moto.

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
use std::{
    io,
    sync::{Arc, Mutex},
};
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
fn sts(moto: &Moto) -> Sts {
    Sts::new(StsConfig {
        endpoint: Some(moto.url.clone()),
    })
    .unwrap()
}

/// The identity of a session.
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
        region: "eu-central-1".parse().unwrap(),
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

/// Captures the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn nothing_secret_is_logged_at_any_level() {
    let moto = Moto::start();
    let keys = moto.keys_of("vision", EVERYTHING).await;
    let role = AwsRole {
        arn: moto.role("hangar").await,
        external_id: None,
    };
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(log.clone())
        .finish();
    let logging = tracing::subscriber::set_default(subscriber);
    let mut secrets = vec![keys.secret_access_key.expose_secret().to_owned()];
    for role in [None, Some(role)] {
        let keys = AwsKeys {
            role,
            ..keys.clone()
        };
        let session = sts(&moto).session(&keys, "hgr-a").await.unwrap();
        for secret in [session.secret_access_key, session.session_token] {
            secrets.push(secret.expose_secret().to_owned());
        }
    }
    drop(logging);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("AssumeRole"), "the SDK was heard");
    for secret in secrets {
        for line in log.lines() {
            assert!(!line.contains(&secret), "{line}");
        }
    }
}
