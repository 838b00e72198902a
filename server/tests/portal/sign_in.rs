//! Signing in and out, and what tries to get round it.

use crate::fixture::{ADMIN, DEVELOPER, TestPortal, VIEWER};
use reqwest::Url;

#[tokio::test]
async fn somebody_signs_in_and_is_who_they_said() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let me = browser.get("/api/v1/me").await.body_json();
    assert_eq!(me["email"], DEVELOPER);
    assert_eq!(me["platform_role"], "user");
    assert_eq!(me["tenants"][0]["tenant"]["slug"], "vision");
    assert_eq!(me["tenants"][0]["role"], "developer");
    portal.stop().await;
}

#[tokio::test]
async fn groups_give_the_roles_of_the_rules() {
    let portal = TestPortal::start().await;
    let admin = portal.browser_of(ADMIN).await;
    let me = admin.get("/api/v1/me").await.body_json();
    assert_eq!(me["platform_role"], "admin");
    let viewer = portal.browser_of(VIEWER).await;
    let me = viewer.get("/api/v1/me").await.body_json();
    assert_eq!(me["tenants"][0]["role"], "viewer");
    portal.stop().await;
}

#[tokio::test]
async fn people_come_back_to_the_page_they_wanted() {
    let portal = TestPortal::start().await;
    let browser = portal.browser();
    let page = browser.begin_sign_in("sandbox", "/clusters?search=a").await;
    let callback = browser.choose(&page, DEVELOPER).await;
    let answer = browser.finish_sign_in(&callback).await;
    assert_eq!(answer.location(), "/clusters?search=a");
    portal.stop().await;
}

#[tokio::test]
async fn return_addresses_stay_on_this_site() {
    let portal = TestPortal::start().await;
    for evil in [
        "//evil.example.com",
        "/\\evil.example.com",
        "/\t/evil.example.com",
        "/%09/evil.example.com",
        "/%2f/evil.example.com",
        "/%5cevil.example.com",
        "/.//evil.example.com",
        "https://evil.example.com",
        "javascript:alert(1)",
        "\r\nSet-Cookie: a=b",
    ] {
        let browser = portal.browser();
        let page = browser.begin_sign_in("sandbox", evil).await;
        let callback = browser.choose(&page, DEVELOPER).await;
        let answer = browser.finish_sign_in(&callback).await;
        assert_eq!(answer.location(), "/", "{evil:?}");
        assert!(browser.is_signed_in().await);
    }
    portal.stop().await;
}

/// the address is not who somebody is.
#[tokio::test]
async fn the_same_address_at_another_provider_is_somebody_else() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let other = persistence::records::SignedIn {
        issuer: "https://elsewhere.example.com".into(),
        subject: "1".into(),
        email: DEVELOPER.into(),
        email_verified: true,
        name: "Grace Okafor".into(),
        claimed: persistence::records::ClaimedRoles {
            platform_role: domain::access::PlatformRole::Admin,
            ..persistence::records::ClaimedRoles::default()
        },
        source: None,
    };
    let now = jiff::Timestamp::now();
    let other = portal.database().users().sign_in(other, now).await.unwrap();
    let me = browser.get("/api/v1/me").await.body_json();
    assert_ne!(me["id"], other.id.to_string());
    assert_eq!(me["platform_role"], "user");
    portal.stop().await;
}

#[tokio::test]
async fn an_answer_without_its_state_is_refused() {
    let portal = TestPortal::start().await;
    let browser = portal.browser();
    let page = browser.begin_sign_in("sandbox", "/").await;
    let mut callback = browser.choose(&page, DEVELOPER).await;
    let code = query(&callback, "code");
    for state in [None, Some("guessed")] {
        let mut pairs = callback.query_pairs_mut();
        pairs.clear().append_pair("code", &code);
        if let Some(state) = state {
            pairs.append_pair("state", state);
        }
        drop(pairs);
        let answer = browser.finish_sign_in(&callback).await;
        assert!(answer.location().starts_with("/sign-in?error=expired"));
        assert!(!browser.is_signed_in().await);
    }
    portal.stop().await;
}

#[tokio::test]
async fn an_answer_is_good_for_one_use() {
    let portal = TestPortal::start().await;
    let browser = portal.browser();
    let page = browser.begin_sign_in("sandbox", "/").await;
    let before = browser.stolen();
    let callback = browser.choose(&page, DEVELOPER).await;
    assert_eq!(browser.finish_sign_in(&callback).await.location(), "/");
    let answer = before.finish_sign_in(&callback).await;
    assert!(answer.location().starts_with("/sign-in?error=expired"));
    assert!(!before.is_signed_in().await);
    portal.stop().await;
}

/// Eight of the same answer at once sign in once: the others find it taken.
#[tokio::test]
async fn an_answer_sent_many_times_at_once_is_taken_once() {
    let portal = TestPortal::start().await;
    let browser = portal.browser();
    let page = browser.begin_sign_in("sandbox", "/clusters").await;
    let callback = browser.choose(&page, DEVELOPER).await;
    let copies: Vec<_> = (0..8).map(|_| browser.stolen()).collect();
    let answers =
        futures::future::join_all(copies.iter().map(|copy| copy.finish_sign_in(&callback))).await;
    let signed_in = answers
        .iter()
        .filter(|answer| answer.location() == "/clusters")
        .count();
    assert_eq!(signed_in, 1);
    portal.stop().await;
}

/// Each tab has a sign-in of its own; a user who opens an old answer again is signed in already.
#[tokio::test]
async fn tabs_sign_in_side_by_side() {
    let portal = TestPortal::start().await;
    let browser = portal.browser();
    let mut callbacks = Vec::new();
    for page in ["/clusters", "/nodes", "/account"] {
        let chooser = browser.begin_sign_in("sandbox", page).await;
        callbacks.push((page, browser.choose(&chooser, DEVELOPER).await));
    }
    for (page, callback) in callbacks.iter().rev() {
        assert_eq!(browser.finish_sign_in(callback).await.location(), *page);
    }
    for (_, callback) in &callbacks {
        assert_eq!(browser.finish_sign_in(callback).await.location(), "/");
    }
    assert!(browser.is_signed_in().await);
    portal.stop().await;
}

/// A sign-in that is only started stores nothing.
#[tokio::test]
async fn starting_a_sign_in_sets_no_session() {
    let portal = TestPortal::start().await;
    let answer = portal.browser().get("/sign-in/sandbox").await;
    let cookies = answer.headers.get_all("set-cookie");
    let names: Vec<_> = cookies
        .iter()
        .map(|cookie| cookie.to_str().unwrap().split('=').next().unwrap())
        .collect();
    assert_eq!(names.len(), 1);
    assert!(names[0].starts_with("hangar_sign_in_"), "{names:?}");
    portal.stop().await;
}

/// somebody is made to open the link of another person's sign-in.
#[tokio::test]
async fn an_answer_from_another_browser_is_refused() {
    let portal = TestPortal::start().await;
    let (attacker, victim) = (portal.browser(), portal.browser());
    let page = attacker.begin_sign_in("sandbox", "/").await;
    let callback = attacker.choose(&page, ADMIN).await;
    victim.begin_sign_in("sandbox", "/").await;
    let answer = victim.finish_sign_in(&callback).await;
    assert!(answer.location().starts_with("/sign-in?error=expired"));
    assert!(!victim.is_signed_in().await);
    portal.stop().await;
}

/// a code that was stolen is put into one's own sign-in; its PKCE verifier is missing.
#[tokio::test]
async fn a_stolen_code_is_refused() {
    let portal = TestPortal::start().await;
    let (victim, thief) = (portal.browser(), portal.browser());
    let page = victim.begin_sign_in("sandbox", "/").await;
    let code = query(&victim.choose(&page, ADMIN).await, "code");
    let page = thief.begin_sign_in("sandbox", "/").await;
    let mut callback = thief.choose(&page, VIEWER).await;
    let state = query(&callback, "state");
    callback
        .query_pairs_mut()
        .clear()
        .append_pair("code", &code)
        .append_pair("state", &state);
    let answer = thief.finish_sign_in(&callback).await;
    assert!(answer.location().starts_with("/sign-in?error="));
    assert!(!thief.is_signed_in().await);
    portal.stop().await;
}

#[tokio::test]
async fn whoever_says_no_at_the_provider_is_told_so() {
    let portal = TestPortal::start().await;
    let browser = portal.browser();
    let page = browser.begin_sign_in("sandbox", "/clusters").await;
    let callback = browser.choose(&page, "").await;
    let answer = browser.finish_sign_in(&callback).await;
    assert!(
        answer.location().starts_with("/sign-in?error=denied"),
        "{}",
        answer.location()
    );
    assert!(answer.location().contains("return_to=%2Fclusters"));
    portal.stop().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_provider() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let thief = browser.stolen();
    let answer = browser.post("/sign-out").await;
    let (_, rest) = answer.body.split_once("0; url=").expect("a way on");
    let there = rest.split('"').next().unwrap().replace("&amp;", "&");
    let there: Url = there.parse().unwrap();
    assert_eq!(there.path(), "/end-session");
    let back = query(&there, "post_logout_redirect_uri");
    assert_eq!(back, format!("{}/sign-in", portal.origin()));
    assert!(!browser.is_signed_in().await);
    assert!(!thief.is_signed_in().await);
    portal.stop().await;
}

fn query(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
        .unwrap()
}

#[tokio::test]
async fn cognito_has_an_address_of_its_own_for_signing_out() {
    let portal = TestPortal::start_with(|settings| {
        let mut cognito = crate::identity_provider::provider("cognito", "http://127.0.0.1:9");
        cognito.cognito_domain = Some("https://corp.auth.example.com".parse().unwrap());
        settings.sign_in.providers.push(cognito);
    })
    .await;
    let provider = &portal.portal.sign_in_methods["cognito"].provider;
    let address = provider
        .end_session(Some("token"), "https://hangar.example.com/sign-in")
        .await;
    assert_eq!(
        address.unwrap().as_str(),
        "https://corp.auth.example.com/logout?client_id=hangar\
         &logout_uri=https%3A%2F%2Fhangar.example.com%2Fsign-in"
    );
    portal.stop().await;
}
