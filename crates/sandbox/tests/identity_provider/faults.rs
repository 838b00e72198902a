//! Each fault of the identity provider does what its name says, and nothing else.

use std::time::{Duration, Instant};

use crate::relying_party::{RelyingParty, decoded, is_signed_by};
use sandbox::data_directory::DataDirectory;
use sandbox::faults::{FaultSettings, Faults, IdTokenFault};
use sandbox::identity::{IdentityOptions, IdentityProvider};
use serde_json::{Value, json};

async fn id_token(party: &RelyingParty, fault: Option<IdTokenFault>) -> String {
    party.faults.change(|f| f.identity.id_token = fault);
    party.tokens().await["id_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn down_answers_503_everywhere_until_it_is_healed() {
    let party = RelyingParty::start().await;
    party.faults.change(|f| f.identity.down = true);
    for path in [
        "/.well-known/openid-configuration",
        "/jwks",
        "/authorize",
        "/userinfo",
        "/end-session",
    ] {
        assert_eq!(party.get(path).await.status(), 503, "{path}");
    }
    party.faults.replace(FaultSettings::default());
    assert_eq!(party.get("/jwks").await.status(), 200);
}

#[tokio::test]
async fn slow_answers_late_and_right() {
    let party = RelyingParty::start().await;
    party.faults.change(|f| f.identity.latency_ms = 120);
    let asked = Instant::now();
    assert_eq!(party.get("/jwks").await.status(), 200);
    assert!(asked.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn discovery_names_another_issuer() {
    let party = RelyingParty::start().await;
    party.faults.change(|f| f.identity.wrong_issuer = true);
    let document = party.get_json("/.well-known/openid-configuration").await;
    assert_ne!(document["issuer"], party.provider.issuer());
}

#[tokio::test]
async fn id_tokens_are_wrong_in_one_way_at_a_time() {
    let party = RelyingParty::start().await;
    let jwks = party.get_json("/jwks").await;
    let (_, right) = decoded(&id_token(&party, None).await);

    let token = id_token(&party, Some(IdTokenFault::AlgorithmNone)).await;
    assert_eq!(decoded(&token).0["alg"], "none");
    assert!(token.ends_with('.'));

    let token = id_token(&party, Some(IdTokenFault::WrongKey)).await;
    assert_eq!(decoded(&token).0["kid"], jwks["keys"][0]["kid"]);
    assert!(!is_signed_by(&token, &jwks));

    for (fault, claim) in [
        (IdTokenFault::WrongIssuer, "iss"),
        (IdTokenFault::WrongAudience, "aud"),
        (IdTokenFault::WrongNonce, "nonce"),
    ] {
        let token = id_token(&party, Some(fault)).await;
        assert!(is_signed_by(&token, &jwks), "{fault:?}");
        let (_, claims) = decoded(&token);
        for name in ["iss", "aud", "nonce", "sub"] {
            assert_eq!(
                claims[name] != right[name],
                name == claim,
                "{fault:?} {name}"
            );
        }
    }

    let token = id_token(&party, Some(IdTokenFault::Expired)).await;
    let (_, claims) = decoded(&token);
    assert!(is_signed_by(&token, &jwks));
    assert!(claims["exp"].as_i64().unwrap() < right["iat"].as_i64().unwrap());

    let token = id_token(&party, Some(IdTokenFault::AccessToken)).await;
    let (_, claims) = decoded(&token);
    assert!(is_signed_by(&token, &jwks));
    assert_eq!(claims["token_use"], "access");
    assert_eq!(claims["aud"], Value::Null);
}

#[tokio::test]
async fn a_rotated_key_signs_and_is_published_at_once() {
    let party = RelyingParty::start().await;
    let before = party.get_json("/jwks").await;
    party.faults.rotate_signing_key();
    let token = id_token(&party, None).await;
    assert!(!is_signed_by(&token, &before));
    assert!(is_signed_by(&token, &party.get_json("/jwks").await));
}

#[tokio::test]
async fn people_and_browser_tests_switch_faults_over_http() {
    let party = RelyingParty::start().await;
    let url = party.url("/sandbox/faults");
    let put = |body: Value| party.http.put(&url).json(&body).send();

    let response = put(json!({"identity": {"down": true}})).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(party.faults.current().identity.down);
    assert_eq!(party.get("/jwks").await.status(), 503);

    let shown = party.get_json("/sandbox/faults").await;
    assert_eq!(shown["identity"]["down"], true);

    assert_eq!(
        put(json!({"identity": {"donw": true}}))
            .await
            .unwrap()
            .status(),
        422
    );
    assert_eq!(put(json!({})).await.unwrap().status(), 200);
    assert_eq!(party.faults.current(), FaultSettings::default());

    let rotate = party.url("/sandbox/faults/actions/rotate-signing-key");
    let response = party.http.post(rotate).json(&json!({})).send().await;
    assert_eq!(response.unwrap().status(), 204);
    assert_eq!(party.faults.key_rotations(), 1);
}

#[tokio::test]
async fn a_form_of_another_site_cannot_switch_faults() {
    let party = RelyingParty::start().await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let response = party
            .http
            .post(party.url("/sandbox/faults/actions/drop-watches"))
            .header("content-type", content_type)
            .body("{}")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 415);
    }
}

#[tokio::test]
async fn tokens_issued_before_a_restart_verify_after_it() {
    let directory = tempfile::tempdir().unwrap();
    let data = DataDirectory::open(directory.path()).unwrap();
    let mut key_ids = Vec::new();
    for _ in 0..2 {
        let provider =
            IdentityProvider::start(IdentityOptions::default(), &data, Faults::default())
                .await
                .unwrap();
        let jwks: Value = reqwest::get(format!("{}/jwks", provider.issuer()))
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        key_ids.push(jwks["keys"][0]["kid"].clone());
        provider.shutdown().await;
    }
    assert_eq!(key_ids[0], key_ids[1]);
}
