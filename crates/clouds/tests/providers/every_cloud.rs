//! What holds for every cloud, whatever its own errors look like.

use crate::{
    azure, google,
    keys::KEY,
    lambda, nebius, oracle, runpod,
    stand_in::{StandIn, json},
};
use clouds::Clouds;
use domain::error::causes;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimePrinter};
use provisioning::ports::cloud_review::{CloudAccess, CloudReview};
use serde_json::json as body;
use std::net::TcpListener;
use wiremock::{Request, ResponseTemplate};

fn every() -> [CloudAccess; 6] {
    [
        azure::access(),
        google::access(),
        lambda::access(),
        nebius::access(),
        oracle::access(),
        runpod::access(),
    ]
}

#[tokio::test]
async fn what_is_no_answer_of_the_cloud_says_nothing_about_the_credential() {
    let html = "<!DOCTYPE html><html><body>Sign in to the network</body></html>";
    for response in [
        ResponseTemplate::new(200).set_body_raw(html, "text/html"),
        ResponseTemplate::new(200),
        ResponseTemplate::new(200).set_body_json(body!({})),
        ResponseTemplate::new(200).set_body_json(body!({"data": "x".repeat(1_000_000)})),
        ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/"),
        ResponseTemplate::new(401).set_body_raw(html, "text/html"),
        ResponseTemplate::new(403).set_body_raw(html, "text/html"),
        ResponseTemplate::new(407),
        ResponseTemplate::new(429),
        ResponseTemplate::new(500),
        ResponseTemplate::new(502).set_body_raw(html, "text/html"),
    ] {
        let stand_in = StandIn::answering(response).await;
        for access in every() {
            let error = stand_in.ask(&access).await.unwrap_err();
            assert!(error.may_pass, "{error} {access:?}");
            assert!(!error.message.contains("Sign in"), "{error}");
        }
        // A redirect is not followed, and nothing is tried again.
        assert_eq!(stand_in.requests().await.len(), 6);
    }
}

#[tokio::test]
async fn a_cloud_that_cannot_be_reached_may_be_later() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let clouds = Clouds::new(Some(address.parse().unwrap())).unwrap();
    for access in every() {
        assert!(clouds.who_am_i(&access).await.unwrap_err().may_pass);
    }
}

#[tokio::test]
async fn a_wrong_clock_is_named_where_requests_are_signed_with_the_time() {
    let then = Timestamp::now() + SignedDuration::from_hours(1);
    let date = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&then)
        .unwrap();
    let refusal = body!({"error": "invalid_grant", "code": "NotAuthenticated", "message": "no"});
    let response = json(401, &refusal).insert_header("date", date.as_str());
    let stand_in = StandIn::answering(response).await;
    for access in every() {
        let signed = matches!(
            access,
            CloudAccess::Gcp(_) | CloudAccess::Nebius(_) | CloudAccess::Oci(_)
        );
        let error = stand_in.ask(&access).await.unwrap_err();
        assert_eq!(error.may_pass, signed, "{error}");
    }
}

/// Everything that arrived, as a message of the cloud: the fields of a form, the end of the authorization, the body.
fn echo(status: u16) -> impl Fn(&Request) -> ResponseTemplate {
    move |request| {
        let mut said = String::from_utf8_lossy(&request.body).into_owned();
        for (name, value) in url::form_urlencoded::parse(&request.body) {
            said = format!("{name} {value} {said}");
        }
        if let Some(authorization) = request.headers.get("authorization") {
            let authorization = authorization.to_str().unwrap();
            let end = &authorization[authorization.len().saturating_sub(360)..];
            said = format!("{end} {said}");
        }
        json(status, &body!({"error": {"code": "echo", "message": said}}))
    }
}

#[tokio::test]
async fn no_message_repeats_a_secret_that_a_cloud_echoes() {
    for status in [400, 401, 403, 429, 500] {
        let stand_in = StandIn::answering(echo(status)).await;
        for access in every() {
            let error = stand_in.ask(&access).await.unwrap_err();
            let said = format!("{error:?} {}", causes(&error)).to_lowercase();
            assert!(said.contains("[secret]"), "{said}");
            assert!(!said.contains("canary"), "{said}");
            // The signature of a JWT, which would be accepted for minutes.
            for request in stand_in.requests().await {
                let sent = String::from_utf8_lossy(&request.body).to_lowercase();
                for field in sent.split('&').filter_map(|field| field.split_once('=')) {
                    if matches!(field.0, "assertion" | "subject_token") {
                        assert!(!said.contains(&field.1[..40]), "{said}");
                    }
                }
            }
        }
    }
    for access in every() {
        assert!(!format!("{access:?}").to_lowercase().contains("canary"));
    }
}

#[tokio::test]
async fn a_key_that_does_not_sign_is_not_sent() {
    let stand_in = StandIn::answering(json(200, &body!({}))).await;
    let der: String = KEY.pem.lines().nth(1).unwrap().into();
    let not_rsa = KEY
        .pem
        .replacen(&der, &der.chars().rev().collect::<String>(), 1);
    for mut access in every() {
        let key = match &mut access {
            CloudAccess::Gcp(access) => &mut access.private_key_pem,
            CloudAccess::Nebius(access) => &mut access.private_key_pem,
            CloudAccess::Oci(access) => &mut access.private_key_pem,
            _ => continue,
        };
        *key = not_rsa.as_str().into();
        let error = stand_in.ask(&access).await.unwrap_err();
        assert!(!error.may_pass, "{error}");
        assert!(!format!("{error:?}").contains(&der));
    }
    assert!(stand_in.requests().await.is_empty());
}
