//! Identity providers that lie, fail, dawdle or change their keys.

use crate::fixture::{ADMIN, DEVELOPER, TestPortal};
use provisioning::claim_rules::ClaimsOverage;
use sandbox::{
    Faults,
    data_directory::DataDirectory,
    faults::IdTokenFault,
    identity::{IdentityProvider, Person},
};
use server::config::{ProviderSettings, Secret, Settings};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

#[tokio::test]
async fn an_id_token_that_does_not_hold_signs_nobody_in() {
    let portal = TestPortal::start().await;
    for fault in [
        IdTokenFault::AlgorithmNone,
        IdTokenFault::WrongKey,
        IdTokenFault::WrongIssuer,
        IdTokenFault::WrongAudience,
        IdTokenFault::WrongNonce,
        IdTokenFault::Expired,
        IdTokenFault::AccessToken,
    ] {
        let faults = portal.sandbox().faults();
        faults.change(|faults| faults.identity.id_token = Some(fault));
        let browser = portal.browser();
        let answer = browser.sign_in_as(ADMIN).await;
        assert!(
            answer
                .location()
                .starts_with("/sign-in?error=invalid_token"),
            "{fault:?}: {}",
            answer.location()
        );
        assert!(!browser.is_signed_in().await, "{fault:?}");
    }
    portal.sandbox().faults().replace(Default::default());
    portal.browser_of(ADMIN).await;
    portal.stop().await;
}

#[tokio::test]
async fn a_provider_may_change_its_keys() {
    let portal = TestPortal::start().await;
    portal.browser_of(DEVELOPER).await;
    // Keys that were read a moment ago are not read again.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    portal.sandbox().faults().rotate_signing_key();
    portal.browser_of(DEVELOPER).await;
    portal.stop().await;
}

#[tokio::test]
async fn a_provider_that_is_down_gives_a_page_that_says_so_and_lets_one_try_again() {
    let portal = TestPortal::start().await;
    portal
        .sandbox()
        .faults()
        .change(|faults| faults.identity.down = true);
    let browser = portal.browser();
    let answer = browser.get("/sign-in/sandbox?return_to=/clusters").await;
    assert_eq!(
        answer.location(),
        "/sign-in?error=provider_unreachable&provider=sandbox&return_to=%2Fclusters"
    );
    let page = browser.page(answer.location()).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("data-error=\"provider_unreachable\""),
        "{}",
        page.body
    );
    assert!(page.body.contains("/sign-in/sandbox"));
    portal.sandbox().faults().replace(Default::default());
    portal.browser_of(DEVELOPER).await;
    portal.stop().await;
}

#[tokio::test]
async fn nobody_is_sent_to_a_provider_that_has_gone_down_since_the_last_sign_in() {
    let portal = TestPortal::start().await;
    portal.browser_of(DEVELOPER).await;
    // What was heard a moment ago is believed.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    portal
        .sandbox()
        .faults()
        .change(|faults| faults.identity.down = true);
    let answer = portal.browser().get("/sign-in/sandbox").await;
    assert!(
        answer
            .location()
            .starts_with("/sign-in?error=provider_unreachable")
    );
    portal.stop().await;
}

#[tokio::test]
async fn a_provider_that_dies_during_a_sign_in_gives_that_page_too() {
    let portal = TestPortal::start().await;
    let browser = portal.browser();
    let page = browser.begin_sign_in("sandbox", "/").await;
    let callback = browser.choose(&page, DEVELOPER).await;
    portal
        .sandbox()
        .faults()
        .change(|faults| faults.identity.down = true);
    let answer = browser.finish_sign_in(&callback).await;
    assert!(
        answer.location().starts_with("/sign-in?error=provider_"),
        "{}",
        answer.location()
    );
    portal.stop().await;
}

#[tokio::test]
async fn a_provider_that_dawdles_is_not_waited_for() {
    let portal = TestPortal::start().await;
    portal
        .sandbox()
        .faults()
        .change(|faults| faults.identity.latency_ms = 20_000);
    let begun = Instant::now();
    let answer = portal.browser().get("/sign-in/sandbox").await;
    assert!(
        answer
            .location()
            .starts_with("/sign-in?error=provider_unreachable")
    );
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    portal.stop().await;
}

#[tokio::test]
async fn a_provider_that_names_another_issuer_is_reported_as_misconfigured() {
    let portal = TestPortal::start().await;
    portal
        .sandbox()
        .faults()
        .change(|faults| faults.identity.wrong_issuer = true);
    let answer = portal.browser().get("/sign-in/sandbox").await;
    assert!(
        answer
            .location()
            .starts_with("/sign-in?error=provider_misconfigured")
    );
    portal.stop().await;
}

#[tokio::test]
async fn a_provider_that_nobody_runs_or_that_nobody_configured_harms_nothing() {
    let portal = TestPortal::start_with(|settings| {
        let nowhere = provider("nowhere", "http://127.0.0.1:9");
        settings.sign_in.providers.push(nowhere);
    })
    .await;
    for (slug, code) in [
        ("nowhere", "provider_unreachable"),
        ("unheard-of", "unknown_provider"),
    ] {
        let answer = portal.browser().get(&format!("/sign-in/{slug}")).await;
        assert!(
            answer
                .location()
                .starts_with(&format!("/sign-in?error={code}"))
        );
    }
    portal.browser_of(DEVELOPER).await;
    portal.stop().await;
}

#[tokio::test]
async fn only_people_of_the_allowed_domains_come_in() {
    let people = [
        ("ann@corp.com", true, "/"),
        ("eve@exploitcorp.com", true, "address_not_allowed"),
        ("a@b@corp.com", true, "address_not_allowed"),
        ("bob@corp.com", false, "address_not_allowed"),
    ];
    let known = people.map(|(email, email_verified, _)| Person {
        subject: format!("corp-{email}-{email_verified}"),
        name: "Ann",
        email,
        email_verified,
        group: "developers",
        role: "",
    });
    let (listen, data) = (
        SocketAddr::from(([127, 0, 0, 1], 0)),
        DataDirectory::in_memory(),
    );
    let corp = IdentityProvider::start(listen, known.to_vec(), &data, Faults::default())
        .await
        .unwrap();
    let settings = ProviderSettings {
        // Asked for as well; it says the same.
        userinfo: true,
        email_domains: vec!["corp.com".into()],
        client_secret: Some(Secret::from(corp.client().secret.clone())),
        ..provider("corp", corp.issuer())
    };
    let portal =
        TestPortal::start_with(|all: &mut Settings| all.sign_in.providers.push(settings)).await;
    for (email, _, outcome) in people {
        let browser = portal.browser();
        let page = browser.begin_sign_in("corp", "/").await;
        let callback = browser.choose(&page, email).await;
        let answer = browser.finish_sign_in(&callback).await;
        assert!(
            answer.location().contains(outcome),
            "{email}: {}",
            answer.location()
        );
        assert_eq!(browser.is_signed_in().await, outcome == "/", "{email}");
    }
    portal.stop().await;
}

/// Entra leaves the groups of users in many groups out.
#[tokio::test]
async fn groups_that_the_provider_leaves_out_keep_or_drop_roles_as_set() {
    for (overage, kept) in [
        (ClaimsOverage::Keep, "admin"),
        (ClaimsOverage::Drop, "user"),
    ] {
        let set = |all: &mut Settings| all.sign_in.providers[0].claims_overage = overage;
        let portal = TestPortal::start_with(set).await;
        let me = async || {
            let browser = portal.browser_of(ADMIN).await;
            let page = browser.get("/").await;
            let me = browser.get("/api/v1/me").await.body_json();
            (me, page.body.contains("data-testid=\"withheld-claims\""))
        };
        let (before, warned) = me().await;
        assert_eq!(before["platform_role"], "admin");
        assert!(!warned);
        let faults = portal.sandbox().faults();
        faults.change(|faults| faults.identity.id_token = Some(IdTokenFault::GroupsOverage));
        for _ in 0..2 {
            let (during, warned) = me().await;
            assert_eq!(during["platform_role"], kept);
            assert_eq!(during["withheld_claims"], serde_json::json!(["groups"]));
            assert!(warned);
        }
        // Claims give nothing to a user who has not signed in with them before.
        let stranger = portal.browser_of(DEVELOPER).await;
        let me_too = stranger.get("/api/v1/me").await.body_json();
        assert_eq!(me_too["tenants"], serde_json::json!([]));
        faults.replace(Default::default());
        let (after, warned) = me().await;
        assert_eq!(after["platform_role"], "admin");
        assert!(!warned);
        portal.stop().await;
    }
}

pub fn provider(slug: &str, issuer: &str) -> ProviderSettings {
    ProviderSettings {
        slug: slug.into(),
        title: slug.into(),
        issuer: issuer.parse().unwrap(),
        issuer_name: issuer.into(),
        client_id: "hangar".into(),
        client_secret: Some(Secret::from("secret".to_owned())),
        scopes: vec!["openid".into()],
        userinfo: false,
        audiences: Vec::new(),
        assume_email_verified: false,
        claims_overage: ClaimsOverage::Keep,
        email_domains: Vec::new(),
        cognito_domain: None,
        user_pool: None,
    }
}
