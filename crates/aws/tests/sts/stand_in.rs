//! The sandbox's STS compared with moto: the portal must not notice a difference.

use crate::moto::{ACCOUNT, Moto, element};
use aws::{Sts, StsConfig, http_client::ReqwestClient};
use aws_credential_types::Credentials;
use aws_sdk_sts::{
    Client,
    config::{BehaviorVersion, Region},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use jiff::{SignedDuration, Timestamp};
use provisioning::ports::cloud_credentials::{AwsKeys, AwsRole, SecurityTokens};
use sandbox::{
    aws::SecurityTokenServer,
    faults::{Faults, Scope},
};
use secrecy::ExposeSecret as _;

const NOTHING_BUT_SESSIONS: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"sts:GetSessionToken","Resource":"*"}]}"#;

struct Both {
    moto: Moto,
    of_moto: Sts,
    of_sandbox: Sts,
    faults: Faults,
    server: SecurityTokenServer,
}

impl Both {
    async fn start() -> Self {
        let moto = Moto::start();
        let faults = Faults::default();
        let listen = ([127, 0, 0, 1], 0).into();
        let server = SecurityTokenServer::start(listen, faults.clone())
            .await
            .unwrap();
        Self {
            of_moto: client(moto.url.as_str()),
            of_sandbox: client(&server.url()),
            moto,
            faults,
            server,
        }
    }
}

fn client(endpoint: &str) -> Sts {
    let endpoint = Some(endpoint.parse().unwrap());
    Sts::new(StsConfig { endpoint }).unwrap()
}

fn through(keys: AwsKeys, arn: String) -> AwsKeys {
    let external_id = Some("hangar-vision".to_owned());
    AwsKeys {
        role: Some(AwsRole { arn, external_id }),
        ..keys
    }
}

#[tokio::test]
async fn a_key_leads_to_a_user_in_the_account_that_it_is_of() {
    let both = Both::start().await;
    let keys = both.moto.keys_of("vision", NOTHING_BUT_SESSIONS).await;
    for sts in [&both.of_moto, &both.of_sandbox] {
        let found = sts.identity(&keys, "hgr-a").await.unwrap();
        assert_eq!(found.account.as_deref(), Some(ACCOUNT));
        let user = format!("arn:aws:iam::{ACCOUNT}:user/");
        assert!(found.identity.unwrap().starts_with(&user));
        let session = sts.session(&keys, "hgr-a").await.unwrap();
        let left = session.expires_at.duration_since(Timestamp::now());
        assert!((left - SignedDuration::from_hours(1)).abs() < SignedDuration::from_mins(1));
    }
}

#[tokio::test]
async fn a_role_leads_to_the_same_identity() {
    let both = Both::start().await;
    let keys = both.moto.keys_of("vision", NOTHING_BUT_SESSIONS).await;
    let keys = through(keys, both.moto.role("hangar").await);
    let of_moto = both.of_moto.identity(&keys, "hgr-vision-dev").await;
    let of_sandbox = both.of_sandbox.identity(&keys, "hgr-vision-dev").await;
    assert_eq!(of_moto.unwrap(), of_sandbox.unwrap());
}

/// An error as sent over HTTP. Moto wraps it as other AWS services do, which the client does not read.
struct Refused {
    status: u16,
    code: String,
    message: String,
}

impl Refused {
    fn read(answer: &HttpResponse) -> Self {
        let xml = std::str::from_utf8(answer.body().bytes().unwrap()).unwrap();
        Self {
            status: answer.status().as_u16(),
            code: element(xml, "Code"),
            message: element(xml, "Message"),
        }
    }
}

async fn refused(endpoint: &str, keys: &AwsKeys, role: Option<&str>) -> Refused {
    let secret = keys.secret_access_key.expose_secret();
    let credentials = Credentials::new(&keys.access_key_id, secret, None, None, "test");
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(ReqwestClient::new().unwrap())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(credentials)
        .build();
    let client = Client::from_conf(config);
    match role {
        None => {
            let error = client.get_caller_identity().send().await.unwrap_err();
            Refused::read(error.raw_response().unwrap())
        }
        Some(arn) => {
            let asked = client.assume_role().role_arn(arn);
            let error = asked.role_session_name("hgr-a").send().await;
            Refused::read(error.unwrap_err().raw_response().unwrap())
        }
    }
}

#[tokio::test]
async fn errors_have_the_same_message() {
    let both = Both::start().await;
    let keys = both.moto.keys_of("vision", NOTHING_BUT_SESSIONS).await;
    let role = both.moto.role("hangar").await;
    both.moto.authorise().await;
    both.faults.change(|faults| {
        faults.aws.unknown_keys = Scope::namespace("AKIAIOSFODNN7EXAMPLE");
        faults.aws.refuse_roles = Scope::namespace(role.as_str());
    });
    let unknown = AwsKeys {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        ..keys.clone()
    };
    let user = both.of_sandbox.identity(&keys, "hgr-a").await.unwrap();
    let user = user.identity.unwrap();
    let vision = format!("arn:aws:iam::{ACCOUNT}:user/vision");
    for (keys, role) in [(unknown, None), (keys, Some(role.as_str()))] {
        let of_moto = refused(both.moto.url.as_str(), &keys, role).await;
        let of_sandbox = refused(&both.server.url(), &keys, role).await;
        assert_eq!(of_moto.status, of_sandbox.status);
        assert_eq!(of_moto.code, of_sandbox.code);
        // AWS names the role where moto does not.
        let as_vision = of_sandbox.message.replace(&user, &vision);
        assert!(as_vision.starts_with(&of_moto.message), "{as_vision}");
    }
}

#[tokio::test]
async fn its_refusals_are_read_as_those_of_aws() {
    let both = Both::start().await;
    let keys = both.moto.keys_of("vision", NOTHING_BUT_SESSIONS).await;
    let role = both.moto.role("hangar").await;
    both.faults
        .change(|faults| faults.aws.refuse_roles = Scope::EVERYWHERE);
    let through = through(keys.clone(), role.clone());
    let error = both
        .of_sandbox
        .session(&through, "hgr-a")
        .await
        .unwrap_err();
    let words = format!("may not assume the role {role}");
    assert!(error.message.contains(&words), "{error}");
    assert!(!error.may_pass);

    both.faults
        .change(|faults| faults.aws.unknown_keys = Scope::EVERYWHERE);
    let error = both.of_sandbox.session(&keys, "hgr-a").await.unwrap_err();
    assert!(error.message.contains("does not know the access key"));
    assert!(!error.may_pass);

    both.faults.change(|faults| faults.aws.unreachable = true);
    let error = both.of_sandbox.session(&keys, "hgr-a").await.unwrap_err();
    assert!(error.message.contains("cannot be reached"), "{error}");
    assert!(error.may_pass);
}
