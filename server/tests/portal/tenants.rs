//! Tenants over REST.

use crate::fixture::{
    ADMIN, Browser, DEVELOPER, OTHER_DEVELOPER, TestPortal, VIEWER, order, ordered,
};
use reqwest::Method;
use serde_json::{Value, json};

const MISSING: &str = "0197aaaa-0000-7000-8000-000000000000";

async fn send(browser: &Browser, method: Method, path: &str) -> crate::fixture::Answer {
    browser.send(browser.request(method, path)).await
}

async fn version(admin: &Browser, pointer: &str) -> Value {
    let tenant = admin.get("/api/v1/tenants/vision").await.body_json();
    tenant.pointer(pointer).unwrap().clone()
}

#[tokio::test]
async fn a_company_is_let_in() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let robots = json!({"name": "Robots", "slug": "robots"});
    let created = admin.json(Method::POST, "/api/v1/tenants", &robots).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.location(), "/api/v1/tenants/robots");
    admin
        .json(Method::POST, "/api/v1/tenants", &robots)
        .await
        .assert_problem(409, "conflict");
    for (slug, name) in [("dev", "Development"), ("prod", "Production")] {
        let body = json!({"name": name, "slug": slug});
        let path = "/api/v1/tenants/robots/environments";
        let added = admin.json(Method::POST, path, &body).await;
        assert_eq!(added.status, 201, "{}", added.body);
    }

    // Linus has not been seen yet, so his address is invited; Grace has, so she is a member at once.
    portal.browser_of(DEVELOPER).await;
    let invite = async |email: &str| {
        let body = json!({"email": email, "role": "developer"});
        let path = "/api/v1/tenants/robots/invitations";
        admin.json(Method::POST, path, &body).await
    };
    let invited = invite(OTHER_DEVELOPER).await;
    assert_eq!(invited.status, 201, "{}", invited.body);
    let added = invite(DEVELOPER).await;
    assert_eq!(added.status, 200, "{}", added.body);
    let grace = portal.person(DEVELOPER).await.id.to_string();
    assert_eq!(added.body_json()["user_id"], grace);
    invite(OTHER_DEVELOPER)
        .await
        .assert_problem(409, "conflict");
    invite("no address").await.assert_problem(422, "invalid");
    for email in [DEVELOPER, OTHER_DEVELOPER] {
        let program = portal.program_of(email).await;
        let mut wanted = order(if email == DEVELOPER { "one" } else { "two" });
        wanted["tenant"] = "robots".into();
        let answer = program
            .json(Method::POST, "/api/v1/clusters", &wanted)
            .await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let tenant = admin.get("/api/v1/tenants/robots").await.body_json();
    assert_eq!(tenant["members"].as_array().unwrap().len(), 2);
    assert_eq!(tenant["environments"][0]["clusters"], 2);
    let obstacles = admin.get("/api/v1/tenants/robots/obstacles").await;
    assert_eq!(obstacles.body_json().as_array().unwrap().len(), 2);

    // A role taken away ends access at once.
    let linus = portal.person(OTHER_DEVELOPER).await.id;
    let member = format!("/api/v1/tenants/robots/members/{linus}");
    let program = portal.program_of(OTHER_DEVELOPER).await;
    let raised = json!({"role": "admin"});
    assert_eq!(admin.json(Method::PUT, &member, &raised).await.status, 200);
    assert_eq!(program.get("/api/v1/tenants/robots").await.status, 200);
    assert_eq!(send(&admin, Method::DELETE, &member).await.status, 200);
    program
        .get("/api/v1/tenants/robots")
        .await
        .assert_problem(404, "not-found");
    portal.stop().await;
}

#[tokio::test]
async fn foreign_and_missing_tenants_look_the_same() {
    let portal = TestPortal::start().await;
    portal.browser_of(ADMIN).await;
    let stranger = portal.program_of(OTHER_DEVELOPER).await;
    let rename = json!({"name": "x", "version": 1});
    let input = json!({"name": "x", "slug": "x"});
    let invitation = json!({"email": "a@b.example", "role": "admin"});
    let limits = json!({"max_clusters": 1, "version": 1});
    let role = json!({"role": "admin"});
    let member = format!("/members/{}", portal.person(OTHER_DEVELOPER).await.id);
    let withdrawn = format!("/invitations/{MISSING}");
    let mut bodies = Vec::new();
    for tenant in ["vision", "nowhere"] {
        let at = |part: &str| format!("/api/v1/tenants/{tenant}{part}");
        let confirmed = format!("/archive?confirmation={tenant}");
        let answers = [
            stranger.get(&at("")).await,
            stranger.get(&at("/obstacles")).await,
            stranger.json(Method::PATCH, &at(""), &rename).await,
            send(&stranger, Method::POST, &at(&confirmed)).await,
            stranger
                .json(Method::POST, &at("/environments"), &input)
                .await,
            stranger
                .json(Method::PATCH, &at("/environments/dev"), &rename)
                .await,
            stranger
                .json(Method::PUT, &at("/environments/dev/limits"), &limits)
                .await,
            send(
                &stranger,
                Method::POST,
                &at("/environments/dev/archive?confirmation=dev"),
            )
            .await,
            stranger.json(Method::PUT, &at(&member), &role).await,
            send(&stranger, Method::DELETE, &at(&member)).await,
            stranger
                .json(Method::POST, &at("/invitations"), &invitation)
                .await,
            send(&stranger, Method::DELETE, &at(&withdrawn)).await,
        ];
        for answer in &answers {
            answer.assert_problem(404, "not-found");
        }
        bodies.push(answers.map(|answer| answer.body));
    }
    assert_eq!(bodies[0], bodies[1]);
    let list = stranger.get("/api/v1/tenants").await.body_json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    portal.stop().await;
}

#[tokio::test]
async fn members_look_and_only_admins_change() {
    let portal = TestPortal::start().await;
    let viewer = portal.program_of(VIEWER).await;
    let seen = viewer.get("/api/v1/tenants/vision").await.body_json();
    assert_eq!(seen["my_role"], "viewer");
    let id = portal.person(VIEWER).await.id;
    let environment = json!({"name": "x", "slug": "x"});
    let rename = json!({"name": "x", "version": 1});
    let limits = json!({"max_clusters": 100, "version": 1});
    let role = json!({"role": "admin"});
    let invitation = json!({"email": "a@b.example", "role": "admin"});
    let at = |part: &str| format!("/api/v1/tenants/vision{part}");
    let developer = portal.program_of(DEVELOPER).await;
    for program in [&viewer, &developer] {
        for answer in [
            program
                .json(Method::POST, "/api/v1/tenants", &environment)
                .await,
            program.json(Method::PATCH, &at(""), &rename).await,
            program
                .json(Method::POST, &at("/environments"), &environment)
                .await,
            program
                .json(Method::PUT, &at("/environments/dev/limits"), &limits)
                .await,
            program
                .json(Method::PUT, &at(&format!("/members/{id}")), &role)
                .await,
            program
                .json(Method::POST, &at("/invitations"), &invitation)
                .await,
        ] {
            answer.assert_problem(403, "forbidden");
        }
    }
    portal.stop().await;
}

#[tokio::test]
async fn the_second_of_two_changes_is_told_of_the_first() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let seen = version(&admin, "/version").await;
    let rename = async |name: &str| {
        let body = json!({"name": name, "version": seen});
        admin
            .json(Method::PATCH, "/api/v1/tenants/vision", &body)
            .await
    };
    assert_eq!(rename("Vision lab").await.status, 200);
    let second = rename("Vision group").await;
    second.assert_problem(409, "conflict");
    let errors = second.body_json()["errors"].clone();
    assert_eq!(
        errors,
        json!([{"field": "name", "message": "It is “Vision lab” now."}])
    );
    portal.stop().await;
}

#[tokio::test]
async fn a_limit_holds_for_the_next_order() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let developer = portal.program_of(DEVELOPER).await;
    let seen = version(&admin, "/environments/0/version").await;
    let path = "/api/v1/tenants/vision/environments/dev/limits";
    let limits = json!({"max_clusters": 1, "version": seen});
    let set = admin.json(Method::PUT, path, &limits).await;
    assert_eq!(set.status, 200, "{}", set.body);
    ordered(&developer, "first").await;
    let refused = developer
        .json(Method::POST, "/api/v1/clusters", &order("second"))
        .await;
    refused.assert_problem(409, "conflict");
    assert_eq!(refused.body_json()["errors"][0]["field"], "environment");
    let bad = json!({"max_clusters": 100_000, "version": seen});
    let refused = admin.json(Method::PUT, path, &bad).await;
    refused.assert_problem(422, "invalid");
    portal.stop().await;
}

#[tokio::test]
async fn an_empty_tenant_is_archived_and_stays_so_over_a_start() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let token = portal.token_of(ADMIN).await;
    let archive = "/api/v1/tenants/payments/archive";
    let typo = send(&admin, Method::POST, archive).await;
    typo.assert_problem(422, "invalid");
    assert_eq!(typo.body_json()["errors"][0]["field"], "confirmation");
    let confirmed = format!("{archive}?confirmation=payments");
    let archived = send(&admin, Method::POST, &confirmed).await;
    assert_eq!(archived.status, 204, "{}", archived.body);

    let portal = TestPortal::start_in(portal.stop().await, |_| {}).await;
    let admin = Browser::with_token(portal.origin(), &token);
    let slugs = async |query: &str| -> Vec<Value> {
        let list = admin.get(&format!("/api/v1/tenants{query}")).await;
        let list = list.body_json();
        let list = list.as_array().unwrap().iter();
        list.map(|tenant| tenant["slug"].clone()).collect()
    };
    assert_eq!(slugs("").await, ["vision"]);
    assert_eq!(slugs("?archived=true").await, ["payments", "vision"]);
    // Whom a rule gives a role in it has none any more.
    let linus = portal.program_of(OTHER_DEVELOPER).await;
    let me = linus.get("/api/v1/me").await.body_json();
    assert_eq!(me["tenants"], json!([]));
    let offered = admin.get("/api/v1/order-options").await.body_json();
    assert_eq!(offered["tenants"].as_array().unwrap().len(), 1);
    portal.stop().await;
}
