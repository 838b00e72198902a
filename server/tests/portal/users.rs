//! People over REST: who may, what ends at once, and who stays.

use crate::fixture::{
    ADMIN, Answer, Browser, DEVELOPER, OTHER_DEVELOPER, TestPortal, VIEWER, ordered,
};
use reqwest::Method;
use serde_json::{Value, json};

const MISSING: &str = "0197aaaa-0000-7000-8000-000000000000";

async fn send(browser: &Browser, method: Method, path: &str) -> Answer {
    browser.send(browser.request(method, path)).await
}

async fn address_of(portal: &TestPortal, email: &str) -> String {
    format!("/api/v1/users/{}", portal.person(email).await.id)
}

async fn suspend(by: &Browser, address: &str, confirmation: &str) -> Answer {
    let body = json!({ "confirmation": confirmation });
    let path = format!("{address}/suspend");
    by.json(Method::POST, &path, &body).await
}

#[tokio::test]
async fn a_suspended_developer_is_out_at_once_and_back_when_restored() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let browser = portal.browser_of(DEVELOPER).await;
    let program = portal.program_of(DEVELOPER).await;
    ordered(&program, "watched").await;
    let mut streams = [
        browser.events("/events/clusters").await,
        program.events("/events/clusters").await,
    ];
    for stream in &mut streams {
        stream.next().await.unwrap();
    }
    let address = address_of(&portal, DEVELOPER).await;
    let seen = admin.get(&address).await.body_json();
    assert!(seen["sessions"].as_u64().unwrap() > 0, "{seen}");

    let suspended = suspend(&admin, &address, DEVELOPER).await;
    assert_eq!(suspended.status, 200, "{}", suspended.body);
    assert_eq!(suspended.body_json()["suspended"], true);
    assert_eq!(suspended.body_json()["sessions"], 0);
    for stream in &mut streams {
        stream.assert_ends().await;
    }
    for gone in [&browser, &program] {
        gone.get("/api/v1/me")
            .await
            .assert_problem(401, "unauthenticated");
    }
    let again = portal.browser();
    again.sign_in_as(DEVELOPER).await;
    assert!(!again.is_signed_in().await);

    let restored = send(&admin, Method::POST, &format!("{address}/restore")).await;
    assert_eq!(restored.body_json()["suspended"], false);
    // The user can sign in again; the token is revoked for good.
    assert_eq!(program.get("/api/v1/me").await.status, 401);
    assert!(portal.browser_of(DEVELOPER).await.is_signed_in().await);
    portal.stop().await;
}

#[tokio::test]
async fn signing_somebody_out_everywhere_leaves_their_tokens() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let browser = portal.browser_of(DEVELOPER).await;
    let program = portal.program_of(DEVELOPER).await;
    let address = address_of(&portal, DEVELOPER).await;
    let ended = send(&admin, Method::DELETE, &format!("{address}/sessions")).await;
    assert_eq!(ended.status, 204, "{}", ended.body);
    assert!(!browser.is_signed_in().await);
    assert_eq!(program.get("/api/v1/me").await.status, 200);
    portal.stop().await;
}

#[tokio::test]
async fn the_last_admin_stays() {
    let portal = TestPortal::start().await;
    let ada = portal.program_of(ADMIN).await;
    let grace = portal.program_of(DEVELOPER).await;
    let (ada_at, grace_at) = (
        address_of(&portal, ADMIN).await,
        address_of(&portal, DEVELOPER).await,
    );
    let role = async |by: &Browser, address: &str, role: &str| {
        let user = by.get(address).await.body_json();
        let (version, email) = (&user["version"], &user["email"]);
        let body = json!({ "role": role, "version": version, "confirmation": email });
        let path = format!("{address}/platform-role");
        by.json(Method::PUT, &path, &body).await
    };
    let found = ada.get(&ada_at).await.body_json();
    assert_eq!(found["last_admin"], true);
    suspend(&ada, &ada_at, ADMIN)
        .await
        .assert_problem(403, "forbidden");
    let by_claim = role(&ada, &ada_at, "user").await;
    by_claim.assert_problem(422, "invalid");
    assert!(by_claim.body.contains("groups has platform-admins"));

    for typed in [json!(""), json!("Grace Okafor"), json!(ADMIN)] {
        let body = json!({ "role": "admin", "version": 1, "confirmation": typed });
        let path = format!("{grace_at}/platform-role");
        let refused = ada.json(Method::PUT, &path, &body).await;
        refused.assert_problem(422, "invalid");
        assert_eq!(refused.body_json()["code"], "confirmation_mismatch");
    }
    let granted = role(&ada, &grace_at, "admin").await;
    assert_eq!(granted.body_json()["platform_role"], "admin");
    assert_eq!(granted.body_json()["platform_source"]["kind"], "manual");
    for typed in ["", "Ada Keller", DEVELOPER] {
        let refused = suspend(&grace, &ada_at, typed).await;
        refused.assert_problem(422, "invalid");
        assert_eq!(refused.body_json()["code"], "confirmation_mismatch");
    }
    let suspended = suspend(&grace, &ada_at, ADMIN).await;
    assert_eq!(suspended.status, 200, "{}", suspended.body);
    role(&grace, &grace_at, "user")
        .await
        .assert_problem(409, "conflict");
    assert_eq!(grace.get(&grace_at).await.status, 200);
    portal.stop().await;
}

#[tokio::test]
async fn people_are_for_platform_admins_only() {
    let portal = TestPortal::start().await;
    portal.browser_of(ADMIN).await;
    let admin_at = address_of(&portal, ADMIN).await;
    for email in [DEVELOPER, OTHER_DEVELOPER, VIEWER] {
        let program = portal.program_of(email).await;
        // Somebody there and nobody look the same.
        for address in [admin_at.clone(), format!("/api/v1/users/{MISSING}")] {
            let role = json!({"role": "user", "version": 1, "confirmation": ""});
            for answer in [
                program.get(&address).await,
                suspend(&program, &address, ADMIN).await,
                send(&program, Method::POST, &format!("{address}/restore")).await,
                send(&program, Method::DELETE, &format!("{address}/sessions")).await,
                program
                    .json(Method::PUT, &format!("{address}/platform-role"), &role)
                    .await,
            ] {
                answer.assert_problem(403, "forbidden");
            }
        }
        let trial = json!({"provider": "sandbox", "token": "{}"});
        for answer in [
            program.get("/api/v1/users").await,
            program.get("/api/v1/claim-rules").await,
            program
                .json(Method::POST, "/api/v1/claim-rules/try", &trial)
                .await,
        ] {
            answer.assert_problem(403, "forbidden");
        }
    }
    portal.stop().await;
}

#[tokio::test]
async fn people_are_searched_and_filtered() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    for email in [DEVELOPER, VIEWER] {
        portal.browser_of(email).await;
    }
    let names = async |query: &str| -> Vec<Value> {
        let page = admin.get(&format!("/api/v1/users{query}")).await;
        let page = page.body_json();
        let items = page["items"].as_array().unwrap().iter();
        items.map(|person| person["email"].clone()).collect()
    };
    assert_eq!(names("").await.len(), 3);
    assert_eq!(names("?search=GRACE").await, [DEVELOPER]);
    assert_eq!(names("?filter=admins").await, [ADMIN]);
    assert_eq!(names("?sort=-last_seen").await[0], VIEWER);
    let bad = admin.get("/api/v1/users?filter=odd&sort=age").await;
    bad.assert_problem(422, "invalid");
    assert_eq!(bad.body_json()["errors"].as_array().unwrap().len(), 2);
    admin
        .get("/api/v1/users/none")
        .await
        .assert_problem(404, "not-found");
    portal.stop().await;
}

#[tokio::test]
async fn claim_rules_are_tried_on_a_pasted_token() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let providers = admin.get("/api/v1/claim-rules").await.body_json();
    assert_eq!(providers[0]["slug"], "sandbox");
    let attempt = async |token: &str| {
        let body = json!({"provider": "sandbox", "token": token});
        admin
            .json(Method::POST, "/api/v1/claim-rules/try", &body)
            .await
    };
    let tried = attempt(r#"{"sub":"7","groups":["vision-developers"]}"#).await;
    let given = tried.body_json();
    assert_eq!(given["tenants"], json!([["vision", "developer"]]));
    let canary = "canary-7f3a";
    for token in [canary.to_owned(), "x".repeat(70_000)] {
        let refused = attempt(&token).await;
        refused.assert_problem(422, "invalid");
        assert_eq!(refused.body_json()["errors"][0]["field"], "token");
        assert!(!refused.body.contains(canary));
    }
    portal.stop().await;
}
