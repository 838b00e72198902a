//! What moto does not simulate: transient errors, and responses that are not from STS.

use aws::{Sts, StsConfig};
use domain::aws::Region;
use provisioning::ports::cloud_credentials::{
    AwsKeys, AwsSession, CredentialError, SecurityTokens,
};
use std::net::TcpListener;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

fn keys() -> AwsKeys {
    AwsKeys {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        secret_access_key: "canary-secret".into(),
        region: Region::default(),
        role: None,
    }
}

async fn ask(endpoint: &str) -> Result<AwsSession, CredentialError> {
    let sts = Sts::new(StsConfig {
        endpoint: Some(endpoint.parse().unwrap()),
    })
    .unwrap();
    sts.session(&keys(), "hgr-a").await
}

/// As in AWS's API reference.
fn refusal(status: u16, code: &str) -> ResponseTemplate {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>what AWS says</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    );
    ResponseTemplate::new(status).set_body_raw(body, "text/xml")
}

const SESSION: &str = "<GetSessionTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetSessionTokenResult><Credentials><SessionToken>token</SessionToken><SecretAccessKey>secret</SecretAccessKey>\
    <Expiration>2026-11-21T13:00:00Z</Expiration><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId></Credentials>\
    </GetSessionTokenResult></GetSessionTokenResponse>";

#[tokio::test]
async fn throttling_is_waited_out() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(refusal(400, "Throttling"))
        .up_to_n_times(2)
        .expect(2)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(SESSION, "text/xml"))
        .expect(1)
        .mount(&server)
        .await;
    let session = ask(&server.uri()).await.unwrap();
    assert_eq!(session.access_key_id, "ASIAIOSFODNN7EXAMPLE");
    assert_eq!(session.expires_at.to_string(), "2026-11-21T13:00:00Z");
}

#[tokio::test]
async fn a_fault_of_aws_that_stays_may_pass_later() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(refusal(503, "ServiceUnavailable"))
        .expect(3)
        .mount(&server)
        .await;
    let error = ask(&server.uri()).await.unwrap_err();
    assert!(error.may_pass, "{error}");
    assert!(error.message.contains("what AWS says"), "{error}");
}

#[tokio::test]
async fn a_lasting_error_is_not_retried_and_has_a_message() {
    for (code, words) in [
        ("InvalidClientTokenId", "does not know the access key"),
        ("SignatureDoesNotMatch", "does not match the access key"),
        ("AccessDenied", "denied sts:GetSessionToken"),
        ("ExpiredToken", "temporary"),
        ("RegionDisabledException", "another region"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(refusal(403, code))
            .expect(1)
            .mount(&server)
            .await;
        let error = ask(&server.uri()).await.unwrap_err();
        assert!(!error.may_pass, "{error}");
        assert!(error.message.contains(words), "{error}");
        assert!(error.message.contains(code), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary-secret"));
    }
}

#[tokio::test]
async fn a_closed_port_is_a_transient_error() {
    // Bound, so that no other process gets the port, and closed again: nothing listens.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = ask(&format!("http://{port}")).await.unwrap_err();
    assert!(error.may_pass);
    assert!(error.message.contains("cannot be reached"), "{error}");
}

#[tokio::test]
async fn an_answer_of_something_else_is_no_session() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw("<html>welcome</html>", "text/html"))
        .mount(&server)
        .await;
    let error = ask(&server.uri()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary-secret"));
}
