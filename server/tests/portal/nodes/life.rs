//! A node from its order to its end, over REST.

use super::{address, delete_node, node_order, ordered_node, ready_node, until, until_gone};
use crate::fixture::{DEVELOPER, TestPortal, VIEWER};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_node_is_found_quoted_ordered_stopped_started_and_deleted() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    super::catalogue_is_read(&program).await;

    let offers = program
        .get("/api/v1/nodes/catalogue?accelerator=H100&count=8")
        .await
        .body_json();
    let prices: Vec<_> = offers["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|offer| offer["price_per_hour"].as_i64().unwrap_or(i64::MAX))
        .collect();
    assert!(
        prices.len() > 1 && prices.is_sorted(),
        "cheapest first: {prices:?}"
    );
    assert!(offers["read_at"].is_string());

    let quote = program
        .json(Method::POST, "/api/v1/nodes/quote", &node_order("trainer"))
        .await
        .body_json();
    assert_eq!(quote["errors"], json!([]));
    let price = quote["price_per_hour"].as_i64().unwrap();
    assert_eq!(quote["until_end"], 4 * price);
    assert!(
        quote["task_yaml"]
            .as_str()
            .unwrap()
            .contains("accelerators: L4:1")
    );

    let answer = program
        .json(Method::POST, "/api/v1/nodes", &node_order("trainer"))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let node = answer.body_json();
    let address = address(&node);
    assert_eq!(answer.location(), address);
    assert_eq!(node["state"], "pending");
    assert_eq!(node["task_yaml"], quote["task_yaml"]);

    let ready = until(&program, &address, |node| node["state"] == "ready").await;
    assert_eq!(ready["placement"]["cloud"], "aws");
    assert_eq!(ready["placement"]["region"], "us-east-1");
    assert_eq!(ready["cost"]["price_per_hour"], price);
    assert_eq!(ready["cost"]["charged"], true);
    assert_eq!(ready["autostop"]["idle_minutes"], 60);
    let steps = ready["operation"]["steps"].as_array().unwrap();
    assert!(
        steps.len() > 3 && steps.iter().all(|step| step["state"] == "done"),
        "{steps:#?}"
    );

    let list = program.get("/api/v1/nodes?search=train&state=ready").await;
    assert_eq!(list.body_json()["total"], 1, "{}", list.body);
    let events = program.get(&format!("{address}/events")).await.body_json();
    assert!(!events["items"].as_array().unwrap().is_empty());

    let autostop = json!({ "idle_minutes": 15, "idle_action": "delete" });
    let changed = program
        .json(Method::PUT, &format!("{address}/autostop"), &autostop)
        .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(changed.body_json()["autostop"]["then"], "delete");

    for _ in 0..2 {
        let stopping = program.post(&format!("{address}/stop")).await;
        assert_eq!(stopping.status, 202, "{}", stopping.body);
    }
    let stopped = until(&program, &address, |node| node["state"] == "stopped").await;
    assert_eq!(stopped["cost"]["charged"], false);
    assert_eq!(stopped["allowed"]["connect"], false);
    let started = program.post(&format!("{address}/start")).await;
    assert_eq!(started.status, 202, "{}", started.body);
    until(&program, &address, |node| node["state"] == "ready").await;

    delete_node(&program, &address, "")
        .await
        .assert_problem(422, "invalid");
    delete_node(&program, &address, "train")
        .await
        .assert_problem(422, "invalid");
    for _ in 0..2 {
        let answer = delete_node(&program, &address, "trainer").await;
        assert!(matches!(answer.status, 202 | 410), "{}", answer.body);
    }
    until_gone(&program, &address).await;
    portal.stop().await;
}

#[tokio::test]
async fn jobs_are_submitted_listed_and_cancelled() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let address = ready_node(&program, "queue").await;
    let jobs = format!("{address}/jobs");
    for name in ["train", "evaluate"] {
        let job = json!({ "name": name, "run": "sleep 100000" });
        let submitted = program.json(Method::POST, &jobs, &job).await;
        assert_eq!(submitted.status, 202, "{}", submitted.body);
    }
    let listed = program.get(&jobs).await.body_json();
    let (newest, other) = (&listed[0], &listed[1]);
    assert_eq!(newest["name"], "evaluate", "{listed:#}");
    assert_eq!(other["name"], "train", "{listed:#}");
    let path = format!("{jobs}/{}", newest["id"]);
    for _ in 0..2 {
        let cancelled = program.send(program.request(Method::DELETE, &path)).await;
        assert_eq!(cancelled.status, 204, "{}", cancelled.body);
    }
    let listed = program.get(&jobs).await.body_json();
    assert_eq!(listed[0]["state"], "cancelled", "{listed:#}");
    assert_ne!(listed[1]["state"], "cancelled", "{listed:#}");
    portal.stop().await;
}

#[tokio::test]
async fn a_double_click_orders_one_node() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    super::catalogue_is_read(&program).await;
    let click = || {
        let request = program.request(Method::POST, "/api/v1/nodes");
        program.send(
            request
                .header("idempotency-key", "form-1")
                .json(&node_order("once")),
        )
    };
    let (first, second) = tokio::join!(click(), click());
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201], "{} {}", first.body, second.body);
    assert_eq!(first.body_json()["id"], second.body_json()["id"]);

    let request = program.request(Method::POST, "/api/v1/nodes");
    let other = request
        .header("idempotency-key", "form-1")
        .json(&node_order("twice"));
    program
        .send(other)
        .await
        .assert_problem(422, "idempotency-key-reused");
    portal.stop().await;
}

#[tokio::test]
async fn open_pages_hear_of_nodes_as_of_clusters() {
    let portal = TestPortal::start().await;
    let viewer = portal.browser_of(VIEWER).await;
    let mut events = viewer.events("/events/nodes").await;
    assert!(events.next().await.is_some(), "at once");
    let program = portal.program_of(DEVELOPER).await;
    let node = ordered_node(&program, "told-of").await;
    let event = events.next().await.unwrap();
    assert_eq!(event["node"], node["id"]);

    let page = format!("/events/nodes/{}", node["id"].as_str().unwrap());
    let mut of_one = viewer.events(&page).await;
    assert_eq!(of_one.next().await.unwrap()["node"], node["id"]);
    portal.suspend(portal.person(VIEWER).await.id).await;
    events.assert_ends().await;
    of_one.assert_ends().await;
    portal.stop().await;
}
