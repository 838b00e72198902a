//! A session of the sandbox's own AWS.

use sandbox::{Sandbox, skypilot::AwsCredentials};

/// One of a user's key.
pub async fn session_of(sandbox: &Sandbox, key: &str) -> AwsCredentials {
    let signature = format!(
        "AWS4-HMAC-SHA256 Credential={key}/20261121/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0"
    );
    let answer = reqwest::Client::new()
        .post(sandbox.aws_url())
        .header("authorization", signature)
        .form(&[("Action", "GetSessionToken"), ("Version", "2011-06-15")])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let xml = answer.text().await.unwrap();
    let element = |name: &str| {
        let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
        rest.split_once("</").unwrap().0.to_owned()
    };
    AwsCredentials {
        access_key_id: element("AccessKeyId"),
        secret_access_key: element("SecretAccessKey"),
        token: element("SessionToken"),
        expiration: element("Expiration").parse().unwrap(),
    }
}
