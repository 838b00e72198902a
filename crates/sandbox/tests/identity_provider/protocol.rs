//! The identity provider keeps to OpenID Connect and refuses what it must refuse.

use std::time::Duration;

use crate::relying_party::{CALLBACK, RelyingParty, decoded, is_signed_by, location, parameter};
use sandbox::identity::{IdentityOptions, Person};
use serde_json::{Value, json};

async fn error_of(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    (
        status,
        body["error"].as_str().unwrap_or_default().to_owned(),
    )
}

#[tokio::test]
async fn discovery_names_endpoints_that_answer() {
    let party = RelyingParty::start().await;
    let document = party.get_json("/.well-known/openid-configuration").await;
    assert_eq!(document["issuer"], party.provider.issuer());
    assert_eq!(
        document["code_challenge_methods_supported"],
        json!(["S256"])
    );
    for endpoint in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
    ] {
        let response = party
            .http
            .get(document[endpoint].as_str().unwrap())
            .send()
            .await
            .unwrap();
        assert_ne!(response.status(), 404, "{endpoint}");
    }
}

#[tokio::test]
async fn a_code_becomes_a_signed_token_that_says_who_it_is() {
    let party = RelyingParty::start().await;
    let response = party.authorize(&[]).await;
    let target = location(&response);
    assert!(target.as_str().starts_with(CALLBACK));
    assert_eq!(parameter(&target, "state").as_deref(), Some("the-state"));
    assert_eq!(
        parameter(&target, "iss").as_deref(),
        Some(party.provider.issuer())
    );

    let code = parameter(&target, "code").unwrap();
    let response = party.redeem(&code, &[]).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let tokens: Value = response.json().await.unwrap();
    let id_token = tokens["id_token"].as_str().unwrap();
    assert!(is_signed_by(id_token, &party.get_json("/jwks").await));
    let (header, claims) = decoded(id_token);
    assert_eq!(header["alg"], "RS256");
    assert_eq!(claims["iss"], party.provider.issuer());
    assert_eq!(claims["aud"], party.provider.client().id.as_str());
    assert_eq!(claims["nonce"], "the-nonce");
    assert_eq!(claims["email"], "grace@example.com");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["name"], "Grace Okafor");
    assert_eq!(claims["groups"], json!(["vision-developers"]));
    assert_eq!(claims["cognito:groups"], json!(["vision-developers"]));
    assert!(claims["exp"].as_i64() > claims["iat"].as_i64());

    let about: Value = party
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(about["sub"], claims["sub"]);
    assert_eq!(about["email"], "grace@example.com");
}

#[tokio::test]
async fn the_page_offers_everybody_and_its_form_signs_the_chosen_one_in() {
    let party = RelyingParty::start().await;
    let response = party.authorize(&[("login_hint", "")]).await;
    assert_eq!(response.status(), 200);
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    let page = response.text().await.unwrap();
    assert!(!page.contains("<script") && !page.contains("style="));
    for person in Person::ready() {
        assert!(page.contains(&person.name) && page.contains(&person.email));
    }

    let mut form: Vec<(String, String)> = page
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            let (value, _) = rest.split_once('"').unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect();
    form.push(("person".to_owned(), "maya@example.com".to_owned()));
    let choose = |form: &[(String, String)]| {
        party
            .http
            .post(party.url("/authorize/choice"))
            .form(form)
            .send()
    };
    let target = location(&choose(&form).await.unwrap());
    let code = parameter(&target, "code").unwrap();
    let tokens: Value = party.redeem(&code, &[]).await.json().await.unwrap();
    let (_, claims) = decoded(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["email"], "maya@example.com");

    form.pop();
    let target = location(&choose(&form).await.unwrap());
    assert_eq!(
        parameter(&target, "error").as_deref(),
        Some("access_denied")
    );
    assert_eq!(parameter(&target, "state").as_deref(), Some("the-state"));
}

#[tokio::test]
async fn what_comes_from_the_request_is_shown_as_text() {
    let party = RelyingParty::start().await;
    let response = party
        .authorize(&[
            ("login_hint", ""),
            ("state", "\"><script>alert(1)</script>"),
        ])
        .await;
    let page = response.text().await.unwrap();
    assert!(!page.contains("<script>"));
    assert!(page.contains("&quot;&gt;&lt;script&gt;"));
}

#[tokio::test]
async fn an_unknown_client_or_address_is_never_redirected_to() {
    let party = RelyingParty::start().await;
    for change in [
        ("client_id", "somebody"),
        (
            "redirect_uri",
            "http://example.com/sign-in/sandbox/callback",
        ),
        ("redirect_uri", "http://127.0.0.1:8080/elsewhere"),
    ] {
        let response = party.authorize(&[change]).await;
        assert_eq!(response.status(), 400, "{change:?}");
        assert!(response.headers().get("location").is_none());
    }
}

#[tokio::test]
async fn a_wrong_authorization_request_goes_back_with_its_error_and_state() {
    let party = RelyingParty::start().await;
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "email"), "invalid_scope"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
    ] {
        let target = location(&party.authorize(&[change]).await);
        assert_eq!(parameter(&target, "error").as_deref(), Some(error));
        assert_eq!(parameter(&target, "state").as_deref(), Some("the-state"));
        assert_eq!(parameter(&target, "code"), None);
    }
    let silent = [("login_hint", ""), ("prompt", "none")];
    let target = location(&party.authorize(&silent).await);
    assert_eq!(
        parameter(&target, "error").as_deref(),
        Some("login_required")
    );
}

#[tokio::test]
async fn a_code_is_refused_with_the_wrong_verifier_address_or_client() {
    let party = RelyingParty::start().await;
    let code = party.code().await;
    let other_callback = "http://127.0.0.1:8080/sign-in/other/callback";
    for (change, expected) in [
        (("code_verifier", "another"), (400, "invalid_grant")),
        (("code_verifier", ""), (400, "invalid_grant")),
        (("redirect_uri", other_callback), (400, "invalid_grant")),
        (("redirect_uri", ""), (400, "invalid_grant")),
        (("code", "made-up"), (400, "invalid_grant")),
        (("client_secret", "guessed"), (401, "invalid_client")),
        (("client_secret", ""), (401, "invalid_client")),
        (("grant_type", "password"), (400, "unsupported_grant_type")),
    ] {
        let (status, error) = error_of(party.redeem(&code, &[change]).await).await;
        assert_eq!((status, error.as_str()), expected, "{change:?}");
    }
    // None of this used the code up.
    assert_eq!(party.redeem(&code, &[]).await.status(), 200);
}

#[tokio::test]
async fn a_replayed_code_is_refused_and_revokes_what_it_gave() {
    let party = RelyingParty::start().await;
    let code = party.code().await;
    let tokens: Value = party.redeem(&code, &[]).await.json().await.unwrap();
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(party.userinfo(access_token).await.status(), 200);

    let replay = error_of(party.redeem(&code, &[]).await).await;
    assert_eq!(replay, (400, "invalid_grant".to_owned()));
    assert_eq!(party.userinfo(access_token).await.status(), 401);
}

#[tokio::test]
async fn a_code_expires() {
    let party = RelyingParty::start_with(IdentityOptions {
        code_lifetime: Duration::ZERO,
        ..IdentityOptions::default()
    })
    .await;
    let response = party.redeem(&party.code().await, &[]).await;
    assert_eq!(error_of(response).await, (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_client_may_authenticate_by_basic_but_not_in_two_ways_at_once() {
    let party = RelyingParty::start().await;
    let client = party.provider.client().clone();
    for (with_form_secret, status) in [(true, 400), (false, 200)] {
        let code = party.code().await;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", crate::relying_party::VERIFIER),
        ];
        if with_form_secret {
            form.push(("client_secret", &client.secret));
        }
        let response = party
            .http
            .post(party.url("/token"))
            .basic_auth(&client.id, Some(&client.secret))
            .form(&form)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status);
    }
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let party = RelyingParty::start().await;
    let tokens = party.tokens().await;
    let response = party.userinfo(tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(response.status(), 401);
    assert!(response.headers().contains_key("www-authenticate"));
}

#[tokio::test]
async fn sign_out_returns_only_to_this_machine_and_only_for_a_known_client() {
    let party = RelyingParty::start().await;
    let tokens = party.tokens().await;
    let hint = tokens["id_token"].as_str().unwrap();
    let end = async |query: &[(&str, &str)]| {
        party
            .http
            .get(party.url("/end-session"))
            .query(query)
            .send()
            .await
            .unwrap()
    };
    let home = ("post_logout_redirect_uri", "http://127.0.0.1:8080/");
    let away = ("post_logout_redirect_uri", "http://example.com/");

    let back = end(&[("id_token_hint", hint), home, ("state", "s")]).await;
    assert_eq!(location(&back).as_str(), "http://127.0.0.1:8080/?state=s");
    let back = end(&[("client_id", "hangar"), home]).await;
    assert_eq!(location(&back).as_str(), "http://127.0.0.1:8080/");
    assert_eq!(end(&[]).await.status(), 200);
    for refused in [
        vec![("id_token_hint", hint), away],
        vec![("id_token_hint", "forged"), home],
        vec![("client_id", "somebody"), home],
        vec![home],
    ] {
        assert_eq!(end(&refused).await.status(), 400, "{refused:?}");
    }
}

#[tokio::test]
async fn a_request_under_another_host_name_is_not_answered() {
    let party = RelyingParty::start().await;
    let response = party
        .http
        .get(party.url("/jwks"))
        .header("host", "rebound.example.com")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 421);
}
