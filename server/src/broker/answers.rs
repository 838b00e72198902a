//! AWS credentials in the two formats that AWS's libraries read.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use jiff::Timestamp;
use provisioning::ports::cloud_credentials::AwsSession;
use secrecy::ExposeSecret;
use serde::Serialize;

/// The output of a `credential_process`:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProcessAnswer<'a> {
    version: u8,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    expiration: Timestamp,
}

/// The response of a container credentials endpoint:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ContainerAnswer<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    token: &'a str,
    expiration: Timestamp,
}

pub fn for_process(session: &AwsSession) -> Response {
    unstored(ProcessAnswer {
        version: 1,
        access_key_id: &session.access_key_id,
        secret_access_key: session.secret_access_key.expose_secret(),
        session_token: session.session_token.expose_secret(),
        expiration: session.expires_at,
    })
}

pub fn for_container(session: &AwsSession) -> Response {
    unstored(ContainerAnswer {
        access_key_id: &session.access_key_id,
        secret_access_key: session.secret_access_key.expose_secret(),
        token: session.session_token.expose_secret(),
        expiration: session.expires_at,
    })
}

fn unstored(answer: impl Serialize) -> Response {
    let mut response = Json(answer).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;
    use serde_json::{Value, json};

    async fn body(response: Response) -> Value {
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn credentials_are_written_as_awss_libraries_read_them() {
        let session = AwsSession {
            access_key_id: "ASIA1".into(),
            secret_access_key: "secret".into(),
            session_token: "token".into(),
            expires_at: "2026-11-21T13:00:00Z".parse().unwrap(),
        };
        assert_eq!(
            body(for_process(&session)).await,
            json!({
                "Version": 1, "AccessKeyId": "ASIA1", "SecretAccessKey": "secret", "SessionToken": "token",
                "Expiration": "2026-11-21T13:00:00Z",
            })
        );
        assert_eq!(
            body(for_container(&session)).await,
            json!({
                "AccessKeyId": "ASIA1", "SecretAccessKey": "secret", "Token": "token",
                "Expiration": "2026-11-21T13:00:00Z",
            })
        );
    }
}
