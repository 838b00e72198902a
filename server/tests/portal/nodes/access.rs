//! Who may do what to a node, and what the others see.

use super::{MISSING, delete_node, node_order, page, ready_node};
use crate::fixture::{ADMIN, Answer, Browser, DEVELOPER, OTHER_DEVELOPER, TestPortal, VIEWER};
use reqwest::Method;
use serde_json::{Value, json};

/// Everything that can be asked of one node: method, what follows its address, a body.
fn requests() -> Vec<(Method, &'static str, Option<Value>)> {
    vec![
        (Method::GET, "", None),
        (Method::GET, "/stream", None),
        (Method::GET, "/events", None),
        (Method::GET, "/jobs", None),
        (Method::GET, "/ssh", None),
        (Method::GET, "/logs/provisioning", None),
        (Method::GET, "/jobs/1/logs", None),
        (Method::POST, "/jobs", Some(json!({ "run": "true" }))),
        (Method::DELETE, "/jobs/1", None),
        (Method::POST, "/stop", None),
        (Method::POST, "/start", None),
        (Method::PUT, "/autostop", Some(json!({ "idle_minutes": 5 }))),
        (Method::DELETE, "?confirmation=private", None),
    ]
}

/// The same for browsers.
fn browser_requests() -> Vec<(Method, &'static str)> {
    vec![
        (Method::POST, "/ssh/key"),
        (Method::POST, "/ssh/config"),
        (Method::GET, "/logs/provisioning"),
        (Method::GET, "/logs/provisioning/stream"),
        (Method::GET, "/logs/jobs/1"),
        (Method::GET, "/logs/jobs/1/stream"),
    ]
}

async fn ask(asker: &Browser, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let mut request = asker.request_of_our_page(method, path);
    if let Some(body) = body {
        request = request.json(body);
    }
    asker.send(request).await
}

#[tokio::test]
async fn foreign_and_missing_nodes_look_the_same_whatever_is_asked() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let address = ready_node(&program, "private").await;
    let stranger = portal.program_of(OTHER_DEVELOPER).await;
    for (method, part, body) in requests() {
        let foreign = format!("{address}{part}");
        let missing = format!("{MISSING}{part}");
        let none = format!("/api/v1/nodes/none{part}");
        let foreign = ask(&stranger, method.clone(), &foreign, body.as_ref()).await;
        foreign.assert_problem(404, "not-found");
        for same in [missing, none] {
            let answer = ask(&stranger, method.clone(), &same, body.as_ref()).await;
            assert_eq!(answer.body, foreign.body, "{method} {part}");
        }
    }
    let stranger = portal.browser_of(OTHER_DEVELOPER).await;
    for (method, part) in browser_requests() {
        let foreign = format!("{}{part}", page(&address));
        let missing = format!("{}{part}", page(MISSING));
        let foreign = ask(&stranger, method.clone(), &foreign, None).await;
        let missing = ask(&stranger, method.clone(), &missing, None).await;
        foreign.assert_problem(404, "not-found");
        assert_eq!(foreign.body, missing.body, "{method} {part}");
    }
    stranger
        .get("/events/nodes/0197aaaa-0000-7000-8000-000000000000")
        .await
        .assert_problem(404, "not-found");
    let list = stranger.get("/api/v1/nodes").await.body_json();
    assert_eq!(list["total"], 0);
    // Nothing of this came to pass.
    let node = program.get(&address).await.body_json();
    assert_eq!(node["state"], "ready", "{node:#}");
    portal.stop().await;
}

#[tokio::test]
async fn nobody_gets_anything_without_a_credential() {
    let portal = TestPortal::start().await;
    let nobody = portal.browser();
    for (method, part) in browser_requests() {
        let path = format!("{}{part}", page(MISSING));
        ask(&nobody, method, &path, None)
            .await
            .assert_problem(401, "unauthenticated");
    }
    for (method, part, body) in requests() {
        let path = format!("{MISSING}{part}");
        ask(&nobody, method, &path, body.as_ref())
            .await
            .assert_problem(401, "unauthenticated");
    }
    portal.stop().await;
}

#[tokio::test]
async fn a_viewer_sees_and_reads_logs_and_does_not_touch() {
    let portal = TestPortal::start().await;
    let developer = portal.program_of(DEVELOPER).await;
    let address = ready_node(&developer, "private").await;
    let viewer = portal.program_of(VIEWER).await;
    for (method, part, body) in requests() {
        let path = format!("{address}{part}");
        if method == Method::GET && part != "/ssh" {
            let request = viewer.request(method, &path);
            assert_eq!(request.send().await.unwrap().status(), 200, "{part}");
        } else {
            ask(&viewer, method, &path, body.as_ref())
                .await
                .assert_problem(403, "forbidden");
        }
    }
    let order = viewer
        .json(Method::POST, "/api/v1/nodes", &node_order("mine"))
        .await;
    order.assert_problem(403, "forbidden");
    let browser = portal.browser_of(VIEWER).await;
    for part in ["key", "config"] {
        browser
            .post(&format!("{}/ssh/{part}", page(&address)))
            .await
            .assert_problem(403, "forbidden");
    }
    let seen = viewer.get(&address).await.body_json();
    assert_eq!(seen["allowed"]["logs"], true);
    for action in ["connect", "jobs", "stop", "start", "autostop", "delete"] {
        assert_eq!(seen["allowed"][action], false, "{action}");
    }
    portal.stop().await;
}

#[tokio::test]
async fn an_admin_may_do_it_for_everybody() {
    let portal = TestPortal::start().await;
    let developer = portal.program_of(DEVELOPER).await;
    let address = ready_node(&developer, "private").await;
    let admin = portal.program_of(ADMIN).await;
    assert_eq!(admin.get(&address).await.status, 200);
    assert_eq!(delete_node(&admin, &address, "private").await.status, 202);
    portal.stop().await;
}
