//! What the sandbox answers has the fields and kinds of values of what the real server answered.

use super::server::Api;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// From recordings of SkyPilot 0.14.1: 063 (`/status`), 128 (`/queue`), 138 (`/cost_report`), 025 (`/list_accelerators`),
/// 035 (a payload of `/api/get`).
const RECORDED: &str = include_str!("recorded.json");

fn recorded(name: &str) -> Value {
    serde_json::from_str::<Value>(RECORDED).unwrap()[name].clone()
}

fn fields(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// Every field of `found` is one that was recorded.
fn assert_known(found: &Value, name: &str) {
    let (found, recorded) = (fields(found), fields(&recorded(name)));
    let unknown: Vec<_> = found.difference(&recorded).collect();
    assert!(unknown.is_empty(), "{name}: {unknown:?}");
}

#[tokio::test]
async fn rows_have_the_fields_of_the_real_ones() {
    let api = Api::start().await;
    let task = "resources:\n  accelerators: L4:1\nrun: echo a\n";
    api.launch("train", task).await.unwrap();
    assert_known(&api.cluster("train").await.unwrap(), "status");
    let queue = api
        .ask(
            "/queue",
            json!({"cluster_name": "train", "all_users": true}),
        )
        .await
        .unwrap();
    assert_eq!(fields(&queue[0]), fields(&recorded("queue")));
    let cost = api.ask("/cost_report", json!({})).await.unwrap();
    assert_known(&cost[0], "cost_report");
    assert!(cost[0]["total_cost"].is_number());
}

#[tokio::test]
async fn offers_are_rows_of_ten() {
    let api = Api::start().await;
    let body = json!({"name_filter": "^H100$", "all_regions": true});
    let found = api.ask("/list_accelerators", body).await.unwrap();
    let real = recorded("list_accelerators");
    let kinds = |row: &Value| {
        let cells = row.as_array().unwrap().iter();
        cells.map(|cell| cell.is_string()).collect::<Vec<_>>()
    };
    assert!(!found["H100"].as_array().unwrap().is_empty());
    for row in found["H100"].as_array().unwrap() {
        assert_eq!(kinds(row), kinds(&real));
    }
}

#[tokio::test]
async fn a_payload_has_the_fields_of_a_real_one() {
    let api = Api::start().await;
    let admin = api.sandbox.skypilot_admin_token();
    let id = api.submit(admin, "/status", json!({})).await;
    let answer = api.get(admin, &format!("/api/get?request_id={id}")).await;
    let payload: Value = answer.json().await.unwrap();
    assert_eq!(fields(&payload), fields(&recorded("payload")));
}
